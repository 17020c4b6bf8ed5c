/** Which way a text runs, and what in it runs the other way. */

export type Direction = "ltr" | "rtl";

export interface Run {
  text: string;
  /** It runs against the text around it: numbers and signs must not be drawn out of it. */
  foreign: boolean;
}

/** The letters, marks, digits and punctuation of the scripts that run from right to left. */
const RTL = "\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}";
const ANY_RTL = new RegExp(`[${RTL}]`, "u");
const LETTER = /\p{L}/u;
const RTL_WORDS = new RegExp(`(?=\\p{L})[${RTL}](?:[^\\p{sc=Latn}\\n]*(?=\\p{L})[${RTL}])?[\\p{L}\\p{M}]*`, "gu");
const LTR_WORDS = new RegExp(`[^\\s${RTL}]+(?:[ \\u00a0][^\\s${RTL}]+)*`, "gu");
/** What is read from left to right: words, dates, telephone and negative numbers, amounts. */
const READ_LTR = /\p{L}|\d[-/]\d|^[-+\u2212]\d|[$€£¥]\s?\d|\d\s?[$€£¥]/u;
const LEADING = /^(?:[^\p{L}\p{N}]+[ \u00a0])?["'“”‘’«»„,;:!?…]*/u;
const TRAILING = /["'“”‘’«».,;:!?…]*(?:[ \u00a0][^\p{L}\p{N}]+)?$/u;
/** What is looked at of either end at a time: each look goes over all of it. */
const END = 99;
const BRACKETS = ["()", "[]", "{}"];
/** In a text from right to left, one that begins with a foreign name is not foreign for that. */
const ENOUGH = 0.4;

/** The direction of the first letter; null where there is none. */
export function directionOf(text: string): Direction | null {
  const letter = LETTER.exec(text)?.[0];
  return letter ? (ANY_RTL.test(letter) ? "rtl" : "ltr") : null;
}

/** The direction of a paragraph: that of its first letter, unless it is mostly of the one around it. */
export function mainDirection(text: string, around: Direction | null): Direction | null {
  const first = directionOf(text);
  if (first !== "ltr" || around !== "rtl" || !ANY_RTL.test(text)) return first;
  const words = text.split(/\s+/).map(directionOf);
  const rtl = words.filter((direction) => direction === "rtl").length;
  return rtl >= ENOUGH * words.filter(Boolean).length ? "rtl" : "ltr";
}

/** A text that runs in `direction`, divided where another one begins or ends. */
export function runsOf(text: string, direction: Direction | null): Run[] {
  if (!ANY_RTL.test(text) && direction !== "rtl") return [{ text, foreign: false }];
  const runs: Run[] = [];
  let from = 0;
  const add = (at: number, run: string) => {
    if (at > from) runs.push({ text: text.slice(from, at), foreign: false });
    runs.push({ text: run, foreign: true });
    from = at + run.length;
  };
  for (const found of text.matchAll(direction === "rtl" ? LTR_WORDS : RTL_WORDS)) {
    if (direction !== "rtl") add(found.index, found[0]);
    else {
      const [begin, run] = trimmed(found[0]);
      if (READ_LTR.test(run)) add(found.index + begin, run);
    }
  }
  if (from < text.length) runs.push({ text: text.slice(from), foreign: false });
  return runs;
}

/** A run without the punctuation, quotes and brackets of the sentence around it, and where it begins. */
function trimmed(run: string): [begin: number, text: string] {
  let begin = 0;
  let end = run.length;
  /** Where each bracket comes next: looked for once for all the places before it. */
  const next: Record<string, number> = {};
  /** Whether an opening (0) or a closing (1) bracket stands there that has no other. */
  const unpaired = (at: number, side: 0 | 1): boolean => {
    const other = BRACKETS.find((pair) => pair.charAt(side) === run.charAt(at))?.charAt(1 - side);
    if (!other || begin >= end) return false;
    if ((next[other] ?? -1) < begin) next[other] = (run.indexOf(other, begin) + 1 || Number.POSITIVE_INFINITY) - 1;
    return (next[other] ?? 0) >= end;
  };
  for (;;) {
    const before = begin - end;
    begin += LEADING.exec(run.slice(begin, Math.min(end, begin + END)))?.[0].length ?? 0;
    while (unpaired(begin, 0)) begin++;
    end -= TRAILING.exec(run.slice(Math.max(begin, end - END), end))?.[0].length ?? 0;
    while (unpaired(end - 1, 1)) end--;
    if (begin - end === before) return [begin, run.slice(begin, end)];
  }
}
