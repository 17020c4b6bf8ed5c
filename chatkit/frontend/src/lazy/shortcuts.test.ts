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
let made: () => Shortcuts;
const stop = vi.fn();
const send = vi.fn();
const conversation = {
  threadId: "t1" as string | null,
  busy: true,
  state: { canStop: true, phase: "idle" },
  thread: { temporary: false, open: true, entries: [] as unknown[] },
  stop,
  send,
};

beforeEach(() => {
  ({ host } = begun());
  stop.mockClear();
  composer = new Composer(host, () => "here");
  const element = document.createElement("div");
  root = element.attachShadow({ mode: "open" });
  document.body.replaceChildren(element);
  const around = { menu: null, voice: {}, uploads: {}, turns: {}, wait: 0, focusComposer: async () => undefined };
  const ui = { composer, conversation, renderRoot: root, checkVisibility: () => true, ...around };
  const { options, strings, scope, announce, said, emit, emitted } = host;
  const own = Object.assign(element, { options, strings, scope, announce, said, emit, emitted }, ui);
  made = () => new Shortcuts(partOf(own), () => document.createElement("i"));
  shortcuts = made();
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

describe("when an answer is over", () => {
  const waits = () => shortcuts.element.querySelectorAll("li").length;
  const ended = () => root.host.dispatchEvent(new Event("chatkit.response.end"));
  const later = () => new Promise((done) => setTimeout(done, 5));

  beforeEach(() => {
    conversation.threadId = null;
    shortcuts.leave();
    shortcuts = made();
    send.mockClear();
    composer.setText("And then?");
    shortcuts.queue();
  });
  afterEach(() =>
    Object.assign(conversation, { threadId: "t1", busy: true, thread: { temporary: false, open: true, entries: [] } }),
  );

  test("the next question is sent", async () => {
    ended();
    conversation.busy = false;
    await later();
    expect(send).toHaveBeenCalledOnce();
    expect(waits()).toBe(0);
  });

  test("that has closed the conversation, it is kept, without a way to send it", async () => {
    ended();
    conversation.busy = conversation.thread.open = false;
    await later();
    expect(send).not.toHaveBeenCalled();
    expect(waits()).toBe(1);
    expect(shortcuts.element.textContent).not.toContain("Send now");
  });

  test("because a new conversation was begun that has no id either, it is kept, and not sent into that", async () => {
    ended();
    Object.assign(conversation, { busy: false, thread: { temporary: false, open: true, entries: [] } });
    root.host.dispatchEvent(new Event("chatkit.thread.change"));
    await later();
    expect(send).not.toHaveBeenCalled();
    expect(waits()).toBe(1);
    expect(shortcuts.element.textContent).toContain("Send now");
  });
});

describe("a question that waits", () => {
  const PENDING = { pending: true, item: { type: "structured_input", status: "pending" } };
  const buttons = () => [...shortcuts.element.querySelectorAll("button")].map(({ textContent }) => textContent);
  /** The element is drawn anew after a change. */
  function now(busy: boolean, phase: string, thread: object = {}): void {
    const whole = { temporary: false, open: true, entries: [], ...thread };
    Object.assign(conversation, { busy, state: { canStop: true, phase }, thread: whole });
    shortcuts.updated();
  }

  beforeEach(() => {
    composer.setText("And then?");
    shortcuts.queue();
  });
  afterEach(() => now(true, "idle"));

  test("has its buttons once the conversation is read, and as long as it is open", () => {
    expect(buttons()).toEqual(["Take back"]);
    now(false, "loading");
    expect(buttons()).toEqual([]);
    now(false, "idle", { open: false });
    expect(buttons()).toEqual([]);
    expect(shortcuts.element.textContent).toContain("And then?");
    now(false, "idle");
    expect(buttons()).toEqual(["Send now", "Take back"]);
  });

  test("can't be taken back where there is nothing to write in", () => {
    now(false, "idle", { entries: [PENDING] });
    expect(buttons()).toEqual(["Send now"]);
    now(true, "answering", { entries: [PENDING] });
    expect(buttons()).toEqual(["Take back"]);
  });

  test("keeps the focus on its button where nothing changed", () => {
    now(false, "idle");
    const button = shortcuts.element.querySelector("button");
    now(false, "idle");
    expect(shortcuts.element.querySelector("button")).toBe(button);
  });
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
