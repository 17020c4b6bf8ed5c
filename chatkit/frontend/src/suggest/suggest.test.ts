// @vitest-environment happy-dom
import type { Command, Entity } from "@openai/chatkit";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Composer } from "../state/composer";
import { begun } from "../testing/asked";
import { partOf } from "../testing/part";
import { en } from "../translations/en";
import { Suggest } from "./suggest";

const onSearch = vi.fn<(query: string) => Command[]>();
const onSelect = vi.fn<() => Promise<null>>();
const onTagSearch = vi.fn<() => Promise<Entity[]>>();

let composer: Composer;
let input: HTMLTextAreaElement;
let suggest: Suggest;
let said: string[];

beforeEach(() => {
  said = [];
  const { host, conversation } = begun();
  const commands = { enabled: true, onSearch, onSelect };
  host.options = { ...host.options, ...partOf<object>({ commands, entities: { onTagSearch } }) };
  composer = new Composer(host, () => "here");
  const frame = document.createElement("div");
  const root = frame.attachShadow({ mode: "open" });
  input = Object.assign(document.createElement("textarea"), { className: "input" });
  root.append(input);
  document.body.replaceChildren(frame);
  const ui = Object.assign(host, { composer, conversation, renderRoot: root });
  const icon = () => document.createElementNS("http://www.w3.org/2000/svg", "svg");
  suggest = new Suggest(partOf(ui), { icon, draw: async () => undefined, say: (text) => said.push(text) });
  onSearch.mockReset().mockImplementation(() => [{ id: "usr", label: "usr" }]);
  onSelect.mockReset().mockResolvedValue(null);
  onTagSearch.mockReset().mockResolvedValue([]);
});

/** As the element draws it: what stands in the field, then what depends on it. */
function drawn(): void {
  input.value = composer.text;
  suggest.updated();
}

function write(text: string): void {
  composer.setText(text, text.length);
  input.value = text;
  input.setSelectionRange(text.length, text.length);
  suggest.moved();
  drawn();
}

function send(): void {
  composer.clear();
  drawn();
}

const press = (key: string) => suggest.keydown(new KeyboardEvent("keydown", { key }));
const shown = () => suggest.list.shown;

test("a menu that was closed opens again for the next message", async () => {
  write("/usr");
  await expect.poll(shown).toBe(true);
  press("Escape");
  write("/usr/");
  expect(shown()).toBe(false);
  send();
  write("/");
  await expect.poll(shown).toBe(true);
});

test("what was found for a message that was sent is shown no more", async () => {
  write("@zzz");
  await expect.poll(shown).toBe(true);
  expect(press("Enter")).toBe(false);
  send();
  expect(shown()).toBe(false);
});

test("what is found after the message was sent is not shown", async () => {
  let found: (entities: Entity[]) => void = () => undefined;
  onTagSearch.mockReturnValue(new Promise((resolve) => (found = resolve)));
  write("@ann");
  await expect.poll(() => onTagSearch.mock.calls.length).toBe(1);
  send();
  found([{ id: "a", title: "Ann" }]);
  await new Promise((done) => setTimeout(done));
  expect(shown()).toBe(false);
});

test("who goes on writing while a command runs can choose another", async () => {
  onSelect.mockReturnValueOnce(new Promise(() => undefined));
  write("/u");
  await expect.poll(shown).toBe(true);
  press("Enter");
  expect(onSelect).toHaveBeenCalledOnce();
  write("/us");
  await expect.poll(() => onSearch.mock.calls.length).toBe(2);
  await expect.poll(() => suggest.list.element.querySelector("[aria-busy]")).toBeNull();
  press("Enter");
  expect(onSelect).toHaveBeenCalledTimes(2);
});

describe("a command that takes the focus, as one with a dialog", () => {
  let chosen: (selection: unknown) => void;
  let refused: (error: Error) => void;

  beforeEach(async () => {
    document.execCommand = () => false; // there is none in this DOM
    input.addEventListener("input", () => {
      composer.setText(input.value);
      suggest.moved();
    });
    onSelect.mockReturnValueOnce(
      new Promise((resolve, reject) => {
        chosen = resolve as typeof chosen;
        refused = reject;
      }),
    );
    write("Hi /u");
    input.focus();
    await expect.poll(shown).toBe(true);
    press("Enter");
    input.blur();
    expect(shown()).toBe(false);
  });

  test("puts in what it gives", async () => {
    chosen({ type: "entity", entity: { id: "a", title: "Ann" } });
    await expect.poll(() => composer.text).toBe("Hi Ann ");
    expect(composer.tags).toHaveLength(1);
  });

  test("opens its menu", async () => {
    chosen({ type: "menu", commands: [{ id: "sub", label: "Sub" }] });
    await expect.poll(shown).toBe(true);
    expect(suggest.list.element.textContent).toContain("Sub");
    expect(composer.text).toBe("Hi /");
  });

  test("leaves the focus in a field of the page, whatever it gives", async () => {
    const field = document.body.appendChild(document.createElement("input"));
    field.focus();
    chosen({ type: "entity", entity: { id: "a", title: "Ann" } });
    await expect.poll(() => composer.text).toBe("Hi Ann ");
    expect(composer.tags).toHaveLength(1);
    expect(document.activeElement).toBe(field);
  });

  test("opens no menu for who is in a field of the page", async () => {
    const field = document.body.appendChild(document.createElement("input"));
    field.focus();
    chosen({ type: "menu", commands: [{ id: "sub", label: "Sub" }] });
    await new Promise((done) => setTimeout(done, 20));
    expect(shown()).toBe(false);
    expect(document.activeElement).toBe(field);
    expect(composer.text).toBe("Hi /u");
    suggest.moved();
    await expect.poll(shown).toBe(true);
  });

  test("takes its word away and leaves the focus where it is", async () => {
    chosen(null);
    await expect.poll(() => composer.text).toBe("Hi ");
    expect((input.getRootNode() as ShadowRoot).activeElement).not.toBe(input);
  });

  test("says that it failed", async () => {
    refused(new Error("no"));
    await expect.poll(() => said).toEqual([en.errors.generic]);
    expect(shown()).toBe(false);
  });

  test("gives nothing once the message was sent", async () => {
    send();
    chosen({ type: "entity", entity: { id: "a", title: "Ann" } });
    await new Promise((done) => setTimeout(done));
    expect(composer.text).toBe("");
  });
});
