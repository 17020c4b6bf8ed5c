/** Tags in a text that is being written: each keeps its place while what stands around it changes. */
import type { InputContent } from "../wire/protocol";

export type Tag = Extract<InputContent, { type: "input_tag" }>;

/** A tag whose text begins at `at`. */
export interface Placed {
  tag: Tag;
  at: number;
}

const WORD = /[\p{L}\p{M}\p{N}]/u;

/** The text of a content, and where its tags are in it. */
export function placed(content: readonly InputContent[]): { text: string; tags: Placed[] } {
  let text = "";
  const tags: Placed[] = [];
  for (const part of content) {
    if (part.type === "input_tag" && part.text) tags.push({ tag: part, at: text.length });
    text += part.text;
  }
  return { text, tags };
}

/**
 * The tags that an edit has left whole. What stands behind `caret`, where the edit ended, is as it was: without it
 * nobody could tell which of two like texts was taken away.
 */
export function afterEdit(tags: readonly Placed[], before: string, after: string, caret: number): Placed[] {
  let tail = after.length - caret;
  if (!before.endsWith(after.slice(caret))) for (tail = 0; before.at(-1 - tail) === after.at(-1 - tail); ) tail++;
  const most = Math.min(before.length, after.length) - tail;
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  const shift = after.length - before.length;
  return tags
    .filter(({ tag, at }) => {
      const end = at + tag.text.length;
      if (end < head || at >= before.length - tail) return true;
      // A letter more makes another word of it.
      return end === head && !WORD.test(after.charAt(head));
    })
    .map(({ tag, at }) => ({ tag, at: at < head ? at : at + shift }));
}

/** Finds tags in a text beside those that are known in it: the longest first, each once, and never half a word. */
export function find(tags: readonly Tag[], text: string, known: readonly Placed[] = []): Placed[] {
  const found = [...known];
  for (const tag of [...tags].sort((one, other) => other.text.length - one.text.length)) {
    const places = (from = 0): number => {
      const at = tag.text ? text.indexOf(tag.text, from) : -1;
      return at < 0 || fits(tag, at, text, found) ? at : places(at + 1);
    };
    const at = places();
    if (at >= 0) found.push({ tag, at });
  }
  return found.sort((one, other) => one.at - other.at);
}

function fits({ text: own }: Tag, at: number, text: string, found: readonly Placed[]): boolean {
  const end = at + own.length;
  const inWord = WORD.test(text.charAt(end)) || (WORD.test(own.charAt(0)) && WORD.test(text.charAt(at - 1)));
  return !inWord && found.every((other) => other.at >= end || other.at + other.tag.text.length <= at);
}

/** The parts of a text that is sent. Blank lines around it go, and a few spaces before a text of one line. */
export function toParts(text: string, tags: readonly Placed[]): InputContent[] {
  const end = text.trimEnd().length;
  const whole = text.slice(0, end);
  const blank = /^(?:[^\S\n]*\n)*/.exec(whole)?.[0].length ?? 0;
  // An indent stays, as pasted code needs it.
  const indented = whole.includes("\n", blank) || /^(?:\t| {4})/.test(whole.slice(blank));
  const start = indented ? blank : end - whole.trimStart().length;
  const content = cut(text, tags, start, end);
  return content.length ? content : [{ type: "input_text", text: "" }];
}

/** Cuts a text, from `start` to `end`, at its tags. */
export function cut(text: string, tags: readonly Placed[], start = 0, end = text.length): InputContent[] {
  const content: InputContent[] = [];
  let from = start;
  const upTo = (to: number) => {
    if (to > from) content.push({ type: "input_text", text: text.slice(from, to) });
  };
  for (const { tag, at } of tags) {
    upTo(at);
    content.push(tag);
    from = at + tag.text.length;
  }
  upTo(end);
  return content;
}
