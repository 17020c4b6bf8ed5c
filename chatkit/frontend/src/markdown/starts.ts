/** What begins a block, told from the line that begins it. */
import type { Fence, Marker } from "./block";
import type { Cursor } from "./cursor";
import { isDisplayed } from "./formulas";
import { unescaped } from "./references";

const RULE = /^(?:\*[ \t]*){3,}$|^(?:_[ \t]*){3,}$|^(?:-[ \t]*){3,}$/;
const HEADING = /^(#{1,6})(?=[ \t]|$)/;
const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
const BULLET = /^([*+-])(?=[ \t]|$)/;
const NUMBER = /^(\d{1,9})([.)])(?=[ \t]|$)/;
const BLOCKS =
  "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|" +
  "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|" +
  "menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|" +
  "track|ul";
const ATTRIBUTE = "\\s+[A-Za-z_:][\\w.:-]*(?:\\s*=\\s*(?:[^\\s\"'=<>`]+|'[^']*'|\"[^\"]*\"))?";
/** What begins a block of HTML, and what ends it; the last two end at a blank line. */
const HTML: readonly [RegExp, RegExp | null][] = [
  [/^<(?:script|pre|textarea|style)(?:[\s>]|$)/i, /<\/(?:script|pre|textarea|style)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![A-Za-z]/, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [new RegExp(`^</?(?:${BLOCKS})(?:\\s|/?>|$)`, "i"), null],
  [new RegExp(`^(?:<[A-Za-z][A-Za-z0-9-]*(?:${ATTRIBUTE})*\\s*/?>|</[A-Za-z][A-Za-z0-9-]*\\s*>)\\s*$`), null],
];

export function isRule(text: string): boolean {
  return RULE.test(text);
}

export function heading(text: string): { depth: number; from: number; to: number } | null {
  const marks = HEADING.exec(text)?.[1];
  if (!marks) return null;
  const from = marks.length + (/^[ \t]*/.exec(text.slice(marks.length))?.[0].length ?? 0);
  const content = text
    .slice(from)
    .replace(/(?:^|(?<![ \t])[ \t]+)#+[ \t]*$/, "")
    .trimEnd();
  return { depth: marks.length, from, to: from + content.length };
}

/** The line that makes a heading of the paragraph above it. */
export function underline(text: string): number {
  return /^=+[ \t]*$/.test(text) ? 1 : /^-+[ \t]*$/.test(text) ? 2 : 0;
}

export function fence(text: string, indent: number): Fence | null {
  const [, marks = "", info = ""] = FENCE.exec(text) ?? [];
  return marks ? { sign: marks.charAt(0), length: marks.length, indent, info: unescaped(info.trim()) } : null;
}

export function closes({ sign, length }: Fence, text: string): boolean {
  if (!text.startsWith(sign.repeat(length))) return false;
  return new RegExp(`^${sign}+[ \\t]*$`).test(text);
}

/** What ends the block of HTML that `text` begins; undefined where it begins none. */
export function html(text: string, interrupts: boolean): RegExp | null | undefined {
  if (text.charAt(0) !== "<") return undefined;
  const at = HTML.findIndex(([begin]) => begin.test(text));
  return at < 0 || (at === HTML.length - 1 && interrupts) ? undefined : HTML[at]?.[1];
}

/** A formula on lines of its own: what ends it, and whether it does so in this line. */
export function formula(text: string): { ending: RegExp; source: string | null } | null {
  const bracket = text.startsWith("\\[");
  if (!bracket && !/^\$\$(?!\$)/.test(text)) return null;
  const ending = bracket ? /\\\]/ : /\$\$/;
  const content = text.slice(2);
  const end = content.search(ending);
  if (end >= 0) {
    const source = content.slice(0, end);
    return !content.slice(end + 2).trim() && (bracket ? source.trim() : isDisplayed(source))
      ? { ending, source }
      : null;
  }
  return !content.trim() || isDisplayed(content) ? { ending, source: null } : null;
}

/** The marker of an item at the cursor, which goes over it; null, and the cursor as it was, where none is. */
export function item(cursor: Cursor, interrupts: boolean): { marker: Marker; indent: number } | null {
  const text = cursor.trimmed;
  const bullet = BULLET.exec(text);
  const number = bullet ? null : NUMBER.exec(text);
  const found = bullet ?? number;
  if (!found || (number && interrupts && Number(number[1]) !== 1)) return null;
  const width = found[0].length;
  if (interrupts && !text.slice(width).trim()) return null;
  const before = cursor.indent;
  cursor.toNext();
  cursor.skip(width);
  const empty = cursor.blank;
  const spaces = cursor.indent;
  const padding = empty || spaces > 4 ? 1 : spaces;
  cursor.skipColumns(padding);
  const marker = bullet
    ? { ordered: false, start: 1, sign: bullet[1] ?? "" }
    : { ordered: true, start: Number(number?.[1]), sign: number?.[2] ?? "" };
  return { marker, indent: before + width + padding };
}

export function sameList(one: Marker, other: Marker): boolean {
  return one.ordered === other.ordered && one.sign === other.sign;
}
