/** Kinds of characters that Markdown's rules, and ours for other scripts, ask for. */

const SPACE = /^\s/;
const MARK = /^[\p{P}\p{S}]/u;
const OPENING = /^[\p{Ps}\p{Pi}¿¡]/u;
/** Some languages begin with what others end with: „…“, «…», »…«. */
const QUOTE = /^["'«»‘’“”‟‹›]/;
/** Scripts that write words without spaces between them, or endings right after a word. */
const SPACELESS =
  /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}ー々〆〇]/u;

/** The character, of one or two units, that begins at `at`; "" outside the text. */
export function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** The character that ends before `at`. */
export function characterBefore(text: string, at: number): string {
  const pair = at > 1 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 2, at));
  return text.slice(pair ? at - 2 : Math.max(at - 1, 0), at);
}

/** The beginning and the end of a text count as spaces. */
export function isSpace(character: string): boolean {
  return character === "" || SPACE.test(character);
}

/** Punctuation and symbols. */
export function isMark(character: string): boolean {
  return MARK.test(character);
}

export function isOpening(character: string): boolean {
  return OPENING.test(character);
}

export function isQuote(character: string): boolean {
  return QUOTE.test(character);
}

export function isSpaceless(character: string): boolean {
  return SPACELESS.test(character);
}

export function isAscii(character: string): boolean {
  return character < "\u0080";
}
