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
  /** No more comes. The last line's end belongs to the fence and not to the code. */
  finish(): void;
}

export function codeBlock(source: string, info: string | undefined, context: MarkdownContext): HTMLElement {
  const growing = growingCode(info, context);
  growing.append(`${source}\n`);
  growing.finish();
  return growing.element;
}

/** Code that is still being written: a piece more costs the same at any length. */
export function growingCode(info: string | undefined, context: MarkdownContext): GrowingCode {
  const language = (info ?? "").trim().split(/\s+/)[0] ?? "";
  const code = make("code", { class: "block" });
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
    append: (text) => code.append(text),
    finish: () => {
      const text = (code.textContent ?? "").replace(/\n$/, "");
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
