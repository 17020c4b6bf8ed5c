/** Numbers the sources of a message and finds where their marks go. */
import type { Annotation, Source } from "../wire/protocol";
import type { Cited } from "./context";
import { citationMark } from "./lexer";

/** The same page, file or entity keeps one number, however often it is cited. */
export function identity(source: Source): string {
  switch (source.type) {
    case "url":
      return `url ${source.url}`;
    case "file":
      return `file ${source.filename} ${source.title}`;
    case "entity":
      return `entity ${source.id}`;
    default:
      return JSON.stringify(source);
  }
}

export function numbered(annotations: readonly Annotation[]): Cited[] {
  const found = new Map<string, Cited>();
  for (const { source } of annotations) {
    if (!source) continue;
    const key = identity(source);
    if (!found.has(key)) found.set(key, { number: found.size + 1, source });
  }
  return [...found.values()];
}

export interface Marks {
  /** Positions, in characters, with the group of sources cited there, ascending. */
  at: { index: number; group: number }[];
  groups: Cited[][];
}

export function marksOf(annotations: readonly Annotation[], all: readonly Cited[]): Marks {
  const byIndex = new Map<number, Cited[]>();
  for (const { source, index } of annotations) {
    if (!source || typeof index !== "number" || index < 0) continue;
    const cited = all.find((candidate) => identity(candidate.source) === identity(source));
    const group = byIndex.get(index) ?? [];
    if (cited && !group.includes(cited)) group.push(cited);
    byIndex.set(index, group);
  }
  const sorted = [...byIndex].sort(([one], [other]) => one - other);
  return {
    at: sorted.map(([index], group) => ({ index, group })),
    groups: sorted.map(([, group]) => group),
  };
}

/** The length of a text as the server counts it: an emoji, two units of a string here, is one character. */
export function characters(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/** Where the character with this number stands in `text`; beyond its end where there are fewer. */
function place(text: string, character: number): number {
  let at = 0;
  for (; character > 0 && at < text.length; character--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at + character;
}

/**
 * Puts the marks into `text`, which begins at the character `offset` of the message; `end` takes those beyond its
 * length.
 */
export function insertMarks(text: string, offset: number, marks: Marks, end: boolean): string {
  let result = "";
  let from = 0;
  for (const { index, group } of marks.at) {
    const character = index - offset;
    if (character < 0 || (character === 0 && offset > 0)) continue;
    let at = place(text, character);
    if (at > text.length) {
      if (!end) continue;
      at = text.length;
    }
    // A mark belongs to the sentence before it, not to the line that follows.
    while (at > from && /\s/.test(text.charAt(at - 1))) at--;
    result += text.slice(from, at) + citationMark(group);
    from = at;
  }
  return result + text.slice(from);
}
