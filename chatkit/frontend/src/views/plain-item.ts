/** An item that can't be drawn: its words, as they are, and a word about it. */
import { html, type TemplateResult } from "lit";
import { PlainText } from "../markdown/plain-text";
import type { Entry } from "../state/entry";
import type { Ui } from "./ui";

/** The fields of items, tasks and widgets that people read. */
const SAID = new Set(["text", "title", "summary", "content", "value", "label", "question", "description", "name"]);
const MAX_WORDS = 500;
const MAX_DEPTH = 30;

export function plainItem(ui: Ui, entry: Entry): TemplateResult {
  const plain = new PlainText(ui.strings.plainMessage);
  plain.append(entry.text || wordsOf(entry.item).join("\n"));
  return html`<article class="item" part="message" data-id=${entry.id}>${plain.element}</article>`;
}

/** The texts in a value of any shape. */
export function wordsOf(value: unknown): string[] {
  const found: string[] = [];
  const look = (inside: unknown, said: boolean, depth: number): void => {
    if (found.length >= MAX_WORDS || depth > MAX_DEPTH) return;
    if (typeof inside === "string") {
      if (said && inside.trim()) found.push(inside);
    } else if (Array.isArray(inside)) {
      for (const one of inside) look(one, said, depth + 1);
    } else if (inside && typeof inside === "object") {
      for (const [key, one] of Object.entries(inside)) look(one, SAID.has(key), depth + 1);
    }
  };
  look(value, false, 0);
  return found;
}
