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
  /** Positions with the group of sources cited there, ascending. */
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

/** Puts the marks into `text`, which begins at `offset` of the message; `end` takes those beyond its length. */
export function insertMarks(text: string, offset: number, marks: Marks, end: boolean): string {
  let result = "";
  let from = 0;
  for (const { index, group } of marks.at) {
    let at = index - offset;
    if (at < 0 || (at === 0 && offset > 0)) continue;
    if (at > text.length) {
      if (!end) continue;
      at = text.length;
    }
    const half = text.charCodeAt(at - 1);
    if (half >= 0xd800 && half < 0xdc00) at++;
    // A mark belongs to the sentence before it, not to the line that follows.
    let place = at;
    while (place > from && /\s/.test(text[place - 1]!)) place--;
    result += text.slice(from, place) + citationMark(group);
    from = place;
  }
  return result + text.slice(from);
}
