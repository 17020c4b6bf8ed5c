/** GitHub-flavoured Markdown to tokens, with two additions: formulas and citation marks. */
import { Lexer, Marked, type Token, type TokenizerAndRendererExtension, type Tokens } from "marked";

export interface MathsToken extends Tokens.Generic {
  type: "maths";
  raw: string;
  text: string;
  display: boolean;
}

export interface CitationToken extends Tokens.Generic {
  type: "citation";
  raw: string;
  group: number;
}

// Brackets nobody writes; as punctuation they keep Markdown's rules for emphasis before them intact.
const OPEN = "\u2e28";
const CLOSE = "\u2e29";

/** The mark to put into the source where the sources of `group` are cited. */
export function citationMark(group: number): string {
  return `${OPEN}c${group}${CLOSE}`;
}

/** Takes the marks out again where the source is shown as it is (code, formulas). */
export function withoutMarks(text: string): string {
  return text.includes(OPEN) ? text.replace(/\u2e28c\d+\u2e29/g, "") : text;
}

const citation: TokenizerAndRendererExtension = {
  name: "citation",
  level: "inline",
  start: (src) => src.indexOf(OPEN),
  tokenizer(src) {
    const match = /^\u2e28c(\d+)\u2e29/.exec(src);
    return match ? { type: "citation", raw: match[0], group: Number(match[1]) } : undefined;
  },
};

const mathsBlock: TokenizerAndRendererExtension = {
  name: "maths",
  level: "block",
  start: (src) => /(^|\n) {0,3}(\$\$|\\\[)/.exec(src)?.index,
  tokenizer(src) {
    const match = /^ {0,3}(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\])[ \t]*(?:\n+|$)/.exec(src);
    if (!match) return undefined;
    return { type: "maths", raw: match[0], text: (match[1] ?? match[2] ?? "").trim(), display: true };
  },
};

// `$` is money too: a formula begins and ends without a space inside and is not followed by a digit.
const INLINE_MATHS =
  /^(?:\$\$([^$\n]+?)\$\$|\\\[([^\n]+?)\\\]|\\\(([^\n]+?)\\\)|\$(?![\s$])((?:\\[^\n]|[^$\\\n])*?[^\s$\\])\$(?![\d$]))/;

const mathsInline: TokenizerAndRendererExtension = {
  name: "mathsInline",
  level: "inline",
  start: (src) => /\$|\\\(|\\\[/.exec(src)?.index,
  tokenizer(src) {
    const match = INLINE_MATHS.exec(src);
    if (!match) return undefined;
    const text = match[1] ?? match[2] ?? match[3] ?? match[4] ?? "";
    const display = match[1] !== undefined || match[2] !== undefined;
    return { type: "maths", raw: match[0], text: text.trim(), display };
  },
};

const marked = new Marked({ gfm: true, breaks: false, extensions: [citation, mathsBlock, mathsInline] });

export type Links = Record<string, { href: string; title: string | null | undefined }>;

/** `links` carries reference definitions from one call to the next. */
export function lex(source: string, links: Links): Token[] {
  const lexer = new Lexer(marked.defaults);
  lexer.tokens.links = links as typeof lexer.tokens.links;
  return lexer.lex(source);
}
