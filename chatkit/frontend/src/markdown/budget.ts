/**
 * What the text of one item may cost. What is beyond is shown as it is written, with a word about it. The counts depend
 * on the text alone, so that a text that comes in pieces ends where it would have ended at once.
 */

/** Deeper quotes and lists are text: nobody writes them, and each level costs. */
export const MAX_NESTING = 50;
/** Wider tables are text: nobody can read them. */
export const MAX_COLUMNS = 100;
/** In characters: a line, and what belongs to one paragraph. */
export const MAX_TEXT = 20_000;
/** Of the signs of one paragraph, all of which are drawn again when it grows. */
export const MAX_TEXT_COST = 5000;
/** Of all lines, blocks, cells and signs, by what they cost. */
export const MAX_COST = 50_000;
/** Of drawing what has come of a text at once, in milliseconds. */
export const MAX_TIME = 2000;
/** Of drawing all texts of a conversation that is opened. Those of no more than a slice are drawn in any case. */
export const MAX_TIME_TOGETHER = 5000;
/** So much is drawn before the time is looked at. */
export const SLICE = 16_000;

export const BLOCK = 2;
/** Code has a bar with a button. */
export const CODE = 10;
export const CELL = 2;
const LINK = 5;
const FORMULA = 10;

const SIGN = /[`*_~&<\\]|[[$]|https?:|www\.|@/gi;
const MIXED = /[A-Za-z][^\nA-Za-z]*[\u0590-\u08ff]|[\u0590-\u08ff][^\n\u0590-\u08ff]*[A-Za-z]/;

/** What a line may become: an element for each sign, and where its words run both ways one for each word. */
export function costOf(line: string): number {
  let cost = 1;
  for (const [sign] of line.matchAll(SIGN)) {
    cost += sign === "$" ? FORMULA : sign.length > 1 || sign === "[" || sign === "@" ? LINK : 1;
  }
  return MIXED.test(line) ? cost + line.split(" ").length : cost;
}

/** From this many characters on a text has no kerning: browsers break a word of kerned pairs in quadratic time. */
export const LONG = 20_000;
