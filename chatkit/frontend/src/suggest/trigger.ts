/** What a person writes to open a menu: "/" for commands and templates, "@" to name something. */

export type Sign = "/" | "@";

/** A sign in a text, where it stands, and what was written behind it up to the caret. */
export interface Trigger {
  sign: Sign;
  at: number;
  query: string;
}

/** Longer texts behind a sign are no search any more. */
const LONGEST = 60;

/** The sign that the caret stands behind, or null. */
export function triggerAt(text: string, caret: number, signs: readonly Sign[]): Trigger | null {
  const start = Math.max(0, caret - LONGEST - 1);
  for (let at = caret - 1; at >= start; at--) {
    const character = text.charAt(at);
    if (character === "\n") return null;
    const sign = signs.find((one) => one === character);
    if (!sign || !begins(sign, text.charAt(at - 1))) continue;
    const query = text.slice(at + 1, caret);
    // "/ " and "@ " are signs by themselves.
    return /^\s/.test(query) ? null : { sign, at, query };
  }
  return null;
}

/** No menu opens in "and/or", "https://", or an e-mail address. */
function begins(sign: Sign, before: string): boolean {
  return before === "" || (sign === "/" ? /\s/.test(before) : !/[\w.+-]/.test(before));
}

/** Whether every word of the query is in the texts, without regard to case and accents. */
export function matches(query: string, ...texts: (string | undefined)[]): boolean {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const text = folded(texts.filter(Boolean).join(" "));
  return words.every((word) => text.includes(word));
}

function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
