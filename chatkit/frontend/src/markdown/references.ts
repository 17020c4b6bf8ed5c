/** The parts of links: labels, addresses and titles, in the line and in definitions. */
import { decodeEntities } from "./entities";

export interface Definition {
  href: string;
  title: string | null;
}

interface Read<T> {
  value: T;
  end: number;
}

const LABEL = /\[((?:[^\\[\]]|\\[\s\S]){1,999})\]/y;
const ANGLE = /<((?:[^<>\n\\]|\\.)*)>/y;
const TITLE = /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|\(((?:[^()\\]|\\[\s\S])*)\)/y;
const SPACES = /[ \t]*\n?[ \t]*/y;
const BLANK_LINE = /\n[ \t]*\n/;
const MAX_DEPTH = 32;

function at(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

/** Backslashes and character references of an address, a title or a language. */
export function unescaped(text: string): string {
  return text
    .split(/(\\[!-/:-@[-`{-~])/)
    .map((piece, index) => (index % 2 ? piece.slice(1) : decodeEntities(piece)))
    .join("");
}

/** One name for all ways to write a label; null for what is none. */
export function normalized(label: string): string | null {
  const text = label.trim().replace(/\s+/g, " ");
  return text && label.length < 1000 ? text.toLowerCase().toUpperCase() : null;
}

/** `[label]` at `from`, its text as it is written. */
export function readLabel(text: string, from: number): Read<string> | null {
  const found = at(LABEL, text, from);
  return found?.[1]?.trim() ? { value: found[1], end: from + found[0].length } : null;
}

export function readAddress(text: string, from: number): Read<string> | null {
  const angle = at(ANGLE, text, from);
  if (angle) return { value: unescaped(angle[1] ?? ""), end: from + angle[0].length };
  if (text.charAt(from) === "<") return null;
  let depth = 0;
  let end = from;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit <= 0x20 || unit === 0x7f) break;
    const mark = text.charAt(end);
    if (mark === "\\" && /[!-/:-@[-`{-~]/.test(text.charAt(end + 1))) end++;
    else if (mark === "(" && ++depth > MAX_DEPTH) return null;
    else if (mark === ")" && --depth < 0) break;
  }
  return depth > 0 ? null : { value: unescaped(text.slice(from, end)), end };
}

export function readTitle(text: string, from: number): Read<string> | null {
  const found = at(TITLE, text, from);
  if (!found || BLANK_LINE.test(found[0])) return null;
  return { value: unescaped(found[1] ?? found[2] ?? found[3] ?? ""), end: from + found[0].length };
}

/** Spaces and at most one line's end; where they are over. */
export function skipSpaces(text: string, from: number): number {
  return from + (at(SPACES, text, from)?.[0].length ?? 0);
}

/** `(address "title")` at `from`. */
export function readTarget(text: string, from: number): Read<Definition> | null {
  if (text.charAt(from) !== "(") return null;
  const begin = skipSpaces(text, from + 1);
  const address = readAddress(text, begin);
  if (!address) return null;
  let end = skipSpaces(text, address.end);
  let title: string | null = null;
  if (end > address.end || address.end === begin) {
    const found = end > address.end ? readTitle(text, end) : null;
    if (found) {
      title = found.value;
      end = skipSpaces(text, found.end);
    }
  }
  return text.charAt(end) === ")" ? { value: { href: address.value, title }, end: end + 1 } : null;
}

export interface Defined extends Definition {
  label: string;
}

/**
 * `[label]: address "title"` at `from`, to the end of its last line. A footnote, `[^1]: …`, is none: its text is to
 * be read.
 */
export function readDefinition(text: string, from: number): Read<Defined> | null {
  const label = readLabel(text, from);
  if (!label || label.value.startsWith("^") || text.charAt(label.end) !== ":") return null;
  const name = normalized(label.value);
  const begin = skipSpaces(text, label.end + 1);
  const address = begin < text.length ? readAddress(text, begin) : null;
  if (!name || !address || (address.end === begin && text.charAt(begin) !== "<")) return null;
  const spaces = skipSpaces(text, address.end);
  const title = spaces > address.end ? readTitle(text, spaces) : null;
  const whole = title && lineEnd(text, title.end);
  const end = whole ?? lineEnd(text, address.end);
  if (end === null) return null;
  return { value: { label: name, href: address.value, title: whole ? title.value : null }, end };
}

/** The beginning of the next line where nothing but spaces is left of this one. */
function lineEnd(text: string, from: number): number | null {
  const found = at(/[ \t]*(?:\n|$)/y, text, from);
  return found ? from + found[0].length : null;
}
