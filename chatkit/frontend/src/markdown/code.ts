/** A block of code: its language, a copy button, and colours once their script has been fetched. */
import { iconElement } from "../icons";
import { lazy } from "../lazy-import";
import type { MarkdownContext } from "./context";
import { make } from "./dom";

/** Longer code than this stays plain: colouring it would hold the page up. */
const MAX_HIGHLIGHT = 60_000;

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
  const bar = make("div", { class: "code-bar" }, make("span", {}, language), copy);
  return {
    element: make("div", { class: "code", part: "code-block" }, bar, pre),
    append: (text) => tail.before(text),
    setTail: (text) => {
      tail.data = text;
    },
    finish: (text) => {
      code.textContent = text;
      if (language && text.length <= MAX_HIGHLIGHT) void highlight(code, language);
    },
  };
}

function label(language: string, context: MarkdownContext): string {
  return language ? `${context.strings.codeBlock}: ${language}` : context.strings.codeBlock;
}

async function highlight(code: HTMLElement, language: string): Promise<void> {
  const { highlighted } = await lazy("highlight").catch(() => ({ highlighted: () => null }));
  const nodes = highlighted(code.textContent ?? "", language);
  if (nodes) code.replaceChildren(nodes);
}
