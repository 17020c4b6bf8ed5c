/** Numbers the sources of a message and finds where their marks go. */
import type { Annotation, Source } from "../wire/protocol";
import type { Cited } from "./context";

/** So many places of a message get their marks. */
const MAX_MARKS = 1000;

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
  const known = new Map(all.map((cited) => [identity(cited.source), cited]));
  for (const { source, index } of annotations.slice(0, MAX_MARKS)) {
    if (!source || typeof index !== "number" || index < 0) continue;
    const cited = known.get(identity(source));
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

/** Where the character with this number stands in `text`, its end where there are fewer. */
export function place(text: string, character: number): number {
  let at = 0;
  for (; character > 0 && at < text.length; character--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** The marks at the characters after `from`, as far as `to`. */
export function between({ at }: Marks, from: number, to: number): Marks["at"] {
  let low = 0;
  for (let high = at.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((at[middle]?.index ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < at.length && (at[end]?.index ?? 0) <= to) end++;
  return at.slice(low, end);
}
