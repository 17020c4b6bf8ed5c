/** Changes to the text that the browser can undo, and tags that are taken away whole. */
import type { Placed } from "../state/tags";

/** Puts a text in the place of another, as if it had been typed; with `stay` the focus stays where it is. */
export function replace(input: HTMLTextAreaElement, from: number, to: number, text: string, stay = false): void {
  if (!stay) input.focus();
  input.setSelectionRange(from, to);
  // Without it there would be nothing to undo; browsers have no other way for a field. Under an open dialog the
  // field has no focus, and what has it is not written into.
  const done = !hasFocus(input)
    ? false
    : text
      ? document.execCommand("insertText", false, text)
      : from === to || document.execCommand("delete");
  if (done) return;
  input.setRangeText(text, from, to, "end");
  input.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
}

export function hasFocus(input: HTMLTextAreaElement): boolean {
  return (input.getRootNode() as Document | ShadowRoot).activeElement === input;
}

/** False while somebody is at another place of the page: what comes late takes the focus from nobody. */
export function mayFocus(input: HTMLTextAreaElement): boolean {
  const { activeElement, body, documentElement } = document;
  if (!activeElement || activeElement === body || activeElement === documentElement) return true;
  const root = input.getRootNode();
  return root instanceof ShadowRoot && (root.activeElement !== null || root.host.contains(activeElement));
}

/**
 * What an edit is to be instead where it would break a tag: the range that goes, and the text in its place. Null where
 * it breaks none.
 */
export function whole(
  tags: readonly Placed[],
  type: string,
  data: string | null,
  from: number,
  to: number,
): { from: number; to: number; text: string } | null {
  const deletes = type.startsWith("delete");
  if (!deletes && !type.startsWith("insert")) return null;
  const collapsed = from === to;
  const start = collapsed && deletes && !type.endsWith("Forward") ? from - 1 : from;
  const end = collapsed && deletes && type.endsWith("Forward") ? to + 1 : to;
  const broken = tags.filter(
    ({ tag, at }) => at < end && at + tag.text.length > start && !(start === end && at === start),
  );
  const [first, last] = [broken[0], broken.at(-1)];
  if (!first || !last) return null;
  const after = last.at + last.tag.text.length;
  const text = deletes ? "" : (data ?? (/Break|Paragraph/.test(type) ? "\n" : ""));
  // What is written into a tag goes behind it.
  if (!deletes && collapsed) return { from: after, to: after, text };
  const range = { from: Math.min(first.at, from), to: Math.max(after, to), text };
  return range.from === from && range.to === to ? null : range;
}
