/** Formulas in a line. `$` is money, a variable and the end of a pattern too: those stay text. */

export interface Formula {
  source: string;
  display: boolean;
  /** Where the text goes on. */
  end: number;
}

const DOUBLE = /\$\$([^$\n]+)\$\$(?!\$)/y;
const SINGLE = /\$((?:\\[^\n]|[^$\\\n`])+)\$/y;
const TEX = /\\[a-zA-Z]|[\^_=]/;
/** `H$_2$O`, `90$^\circ$C`, `2$\times$3`: a piece of a formula inside a word. */
const PIECE = /^(?:[\^_]|\\[a-zA-Z]{2})/;
/** What a `$` that ends something stands behind: an amount, a word, a pattern. */
const NOT_BEFORE = /[\p{N}\p{sc=Latin}$)\]}+\\]$/u;
const NOT_AFTER = /^[\p{sc=Latin}\p{N}_${]/u;
/** `$n$th`, `$x$s`. */
const ENDING = /^(?:st|nd|rd|th|s)(?![\p{L}\p{N}])/u;
const FIRST = /^[\s,.;:!?)\]}/%]/;
const LAST = /(?:[\s([{,:;/"“‘«–—]|[^^]-)$/;
const CURRENCY = /(?:^|[^\p{L}\\])\p{Lu}{1,3}$/u;
const WORD = /(?<![\p{L}\p{N}\\])(?!(?:sin|cos|tan|log|ln|exp|min|max|lim|mod|gcd|det)\b)\p{L}{2,}/u;
const OTHER_SCRIPT = /[^\P{L}\p{sc=Latin}\p{sc=Greek}]/u;
const WORDS = /\p{L}{2}[^\p{L}\s]?\s+\p{L}{2}/u;

/** The formula that begins with the `$` at `at`. */
export function dollarFormula(text: string, at: number): Formula | null {
  const display = text.charAt(at + 1) === "$";
  const pattern = display ? DOUBLE : SINGLE;
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (!found) return null;
  const source = found[1] ?? "";
  const end = at + found[0].length;
  const before = text.slice(Math.max(at - 2, 0), at);
  const after = text.slice(end, end + 8);
  const likely = display ? isDisplayed(source) : isFormula(source, before, after);
  return likely ? { source: source.trim(), display, end } : null;
}

/** The formula between `\(` or `\[` at `at` and what closes it at `close`. */
export function bracketFormula(text: string, at: number, close: number): Formula | null {
  const source = text.slice(at + 2, close).trim();
  return /[^\\\s]/.test(source) ? { source, display: text.charAt(at + 1) === "[", end: close + 2 } : null;
}

/** `$$` is also what a shell and the price range of a restaurant are written with. */
export function isDisplayed(source: string): boolean {
  return source.trim() !== "" && (TEX.test(source) || !WORDS.test(source));
}

function isFormula(source: string, before: string, after: string): boolean {
  if (FIRST.test(source) || LAST.test(source)) return false;
  if (PIECE.test(source)) return true;
  if (NOT_BEFORE.test(before) || (NOT_AFTER.test(after) && !ENDING.test(after))) return false;
  if (/^\(/.test(source) && /^\(/.test(after)) return false;
  if (/\d[ \u00a0]$/.test(before) && /^[-–]/.test(source)) return false;
  if (!/\\[a-zA-Z]/.test(source) && CURRENCY.test(source) && /^\s?\d/.test(after)) return false;
  if (/^\d/.test(source)) return !isPrice(source);
  return TEX.test(source) || !WORDS.test(source);
}

/** A number that words or a bracket that is not closed follow: `5/month and 9`. */
function isPrice(source: string): boolean {
  const plain = source.replace(/\\[a-zA-Z]+\*?(?:\{[^{}]*\})?|[_^]\{[^{}]*\}/g, " ");
  if (WORD.test(plain) || OTHER_SCRIPT.test(plain)) return true;
  let depth = 0;
  for (const [bracket] of plain.matchAll(/[()[\]{}]/g)) depth += "([{".includes(bracket) ? 1 : -1;
  return depth !== 0;
}
