// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Composer } from "../state/composer";
import { begun } from "../testing/asked";
import type { FakeHost } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { Shortcuts } from "./shortcuts";

let host: FakeHost;
let composer: Composer;
let root: ShadowRoot;
let shortcuts: Shortcuts;
const stop = vi.fn();
const conversation = { threadId: "t1", busy: true, state: { canStop: true }, thread: { temporary: false }, stop };

beforeEach(() => {
  ({ host } = begun());
  stop.mockClear();
  composer = new Composer(host, () => "here");
  const element = document.createElement("div");
  root = element.attachShadow({ mode: "open" });
  document.body.replaceChildren(element);
  const around = { menu: null, voice: {}, uploads: {}, turns: {}, wait: 0, focusComposer: async () => undefined };
  const ui = { composer, conversation, renderRoot: root, checkVisibility: () => true, ...around };
  const { options, strings, scope, announce, said } = host;
  shortcuts = new Shortcuts(partOf(Object.assign(element, { options, strings, scope, announce, said }, ui)), () =>
    document.createElement("i"),
  );
});
afterEach(() => shortcuts.leave());

function pressEscape(): void {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
}

test("Escape stops the answer, unless a dialog of the chat is open, wherever the focus is", () => {
  const dialog = document.createElement("dialog");
  root.append(dialog);
  dialog.showModal();
  pressEscape();
  expect(stop).not.toHaveBeenCalled();
  dialog.close();
  pressEscape();
  expect(stop).toHaveBeenCalledOnce();
});

describe("a question that is taken back", () => {
  const TOOL = { id: "search", label: "Search", icon: "search" } as const;

  beforeEach(() => {
    host.options.composer = { tools: [TOOL, { ...TOOL, id: "other" }] };
    composer.setText("Two?");
    composer.setQuote("So.");
    composer.setTool("search");
    shortcuts.queue();
  });

  const back = () => shortcuts.element.querySelector<HTMLElement>("li button")?.click();

  test("brings its quotation and its tool along, also above what is being written", () => {
    composer.setText("Three?");
    back();
    expect([composer.text, composer.quote, composer.toolId]).toEqual(["Two?\nThree?", "So.", "search"]);
  });

  test("leaves the tool that was chosen meanwhile, and the quotation where it has none", () => {
    back();
    composer.setQuote(null);
    shortcuts.queue();
    composer.setText("Three?");
    composer.setQuote("Else.");
    composer.setTool("other");
    back();
    expect([composer.text, composer.quote, composer.toolId]).toEqual(["Two?\nThree?", "Else.", "other"]);
  });

  test("leaves the quotation in a message that has no words yet", () => {
    back();
    composer.setQuote(null);
    shortcuts.queue();
    composer.setQuote("Else.");
    back();
    expect([composer.text, composer.quote]).toEqual(["Two?", "Else."]);
  });
});
