/** A block of code: its language, a copy button, and colours once their script has been fetched. */
import { iconElement } from "../icons";
import { lazy } from "../lazy-import";
import type { MarkdownContext } from "./context";
import { make } from "./dom";

/** Longer code than this stays plain: colouring it would hold the page up. */
const MAX_HIGHLIGHT = 60_000;

/** Longer code is set in parts of so many lines, so that a line more does not set all of it again. */
const PART = 200;

export interface GrowingCode {
  element: HTMLElement;
  append(text: string): void;
  /** What comes after all that was appended, until it is set again. */
  setTail(text: string): void;
  /** No more comes: this is the whole code. */
  finish(text: string): void;
}

/** Code that is still being written: a line more costs the same at any length. */
export function growingCode(info: string, context: MarkdownContext): GrowingCode {
  const language = info.split(/\s+/)[0] ?? "";
  const tail = document.createTextNode("");
  const code = make("code", { class: "block" }, tail);
  const pre = make("pre", { tabindex: "0", role: "region", "aria-label": label(language, context) }, code);
  const copy = make("button", { type: "button", class: "quiet", "aria-label": context.strings.copyCode });
  copy.append(iconElement("copy"));
  copy.addEventListener("click", async () => {
    if (!(await context.copy(code.textContent ?? ""))) return;
    copy.replaceChildren(iconElement("check"));
    setTimeout(() => copy.replaceChildren(iconElement("copy")), 2000);
  });
  const name = make("span", {}, language);
  const bar = make("div", { class: "code-bar" }, name, copy);
  const named = (found: string) => {
    name.textContent = found;
    pre.setAttribute("aria-label", label(found, context));
  };
  let lines = 0;
  return {
    element: make("div", { class: "code", part: "code-block" }, bar, pre),
    append: (text) => {
      tail.before(text);
      if (++lines % PART) return;
      if (lines === PART) code.replaceChildren(part(...code.childNodes));
      code.append(part(tail));
    },
    setTail: (text) => {
      tail.data = text;
    },
    finish: (text) => {
      code.replaceChildren(...parts(text));
      if (language && text.length <= MAX_HIGHLIGHT) void highlight(code, language, named);
    },
  };
}

function part(...inside: (Node | string)[]): HTMLElement {
  return make("span", { class: "lines" }, ...inside);
}

/** The whole code: one text, or where it is long its parts. */
function parts(text: string): (Node | string)[] {
  const lines = text.split(/(?<=\n)/);
  if (lines.length <= PART) return [text];
  const found: Node[] = [];
  for (let at = 0; at < lines.length; at += PART) found.push(part(lines.slice(at, at + PART).join("")));
  return found;
}

function label(language: string, context: MarkdownContext): string {
  return language ? `${context.strings.codeBlock}: ${language}` : context.strings.codeBlock;
}

async function highlight(code: HTMLElement, language: string, named: (name: string) => void): Promise<void> {
  const part = await lazy("highlight").catch(() => null);
  if (!part) return;
  named(part.nameOf(language));
  const nodes = part.highlighted(code.textContent ?? "", language);
  if (nodes) code.replaceChildren(nodes);
}
