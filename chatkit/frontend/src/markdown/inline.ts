/** The text of one block to a tree: CommonMark and GitHub's additions, formulas and citation marks. */
import { AUTOLINK_START, autolinkAt } from "./autolinks";
import { delimiter, pair } from "./emphasis";
import { decodeEntities } from "./entities";
import { bracketFormula, dollarFormula, type Formula } from "./formulas";
import { type Inline, linkText, plain, type Token, tree } from "./inline-tree";
import { type Definition, normalized, readLabel, readTarget } from "./references";

export { type Inline, plain, prose } from "./inline-tree";

/** Where in a text the sources of a group are cited. */
export interface Mark {
  at: number;
  group: number;
}

export interface InlineOptions {
  /** The address that a label stands for, by its normalized name. */
  define?: (label: string) => Definition | undefined;
  marks?: readonly Mark[];
  /** More of the text may come: an address at its end may not be whole. */
  growing?: boolean;
}

interface Bracket {
  /** Its place among the tokens. */
  token: number;
  /** Where the text after it begins. */
  from: number;
  image: boolean;
  active: boolean;
  /** Another one came after it: what is between it and its end is no label. */
  nested: boolean;
}

const SPECIAL = new RegExp(`[\\\\\`*_~[\\]!<&$\\n]|${AUTOLINK_START}`, "gi");
const ESCAPE = /\\([!-/:-@[-`{-~])/y;
const ENTITY = /&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});/y;
const ANGLE_WEB = /<([A-Za-z][A-Za-z0-9.+-]{1,31}:[^\s<>\0-\x20]*)>/y;
const ANGLE_MAIL =
  /<([\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)>/y;
const TAG =
  /<(?:[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?>|\/[A-Za-z][A-Za-z0-9-]*\s*>)/y;
/** What begins with the one ends with the other. */
const OTHER_HTML = [
  ["<!--", "-->"],
  ["<?", "?>"],
  ["<![CDATA[", "]]>"],
  ["<!", ">"],
] as const;
/** An opened tag may end in a later line. */
const OPEN_TAG = /^<[A-Za-z/]/;

/** A text's tree, in two parts: nothing that follows the text could change the first one, of so many lines. */
export interface Parsed {
  settled: Inline[];
  lines: number;
  rest: Inline[];
}

export function parseInline(text: string, options: InlineOptions = {}): Parsed {
  return new InlineParser(text, options).parse();
}

class InlineParser {
  #at = 0;
  #tokens: Token[] = [];
  #brackets: Bracket[] = [];
  #marks: readonly Mark[];
  #marked = 0;
  /** What has begun and does not end in this text: runs of backticks, HTML, addresses. */
  #missing = new Set<string>();
  #found = new Map<string, { from: number; at: number }>();
  /** Ends of lines before which nothing waits for its end, save emphasis: where, and how many tokens are before. */
  #ends: { at: number; tokens: number }[] = [];

  constructor(
    readonly text: string,
    readonly options: InlineOptions,
  ) {
    this.#marks = options.marks ?? [];
  }

  parse(): Parsed {
    while (this.#at < this.text.length) {
      this.#cite();
      const next = this.#next();
      if (next > this.#at) this.#push(this.text.slice(this.#at, next));
      this.#at = next;
      this.#cite();
      if (next < this.text.length && next !== this.#marks[this.#marked]?.at) this.#special();
    }
    this.#cite();
    const tokens = this.#tokens;
    pair(tokens);
    const end = this.#settled();
    const lines = this.text.slice(0, end.at).split("\n").length - 1;
    return { settled: tree(tokens.slice(0, end.tokens)), lines, rest: tree(tokens.slice(end.tokens)) };
  }

  /** The last end of a line that no emphasis reaches over, and none that may yet be closed. */
  #settled(): { at: number; tokens: number } {
    let found = { at: 0, tokens: 0 };
    let depth = 0;
    let at = 0;
    for (const end of this.#ends) {
      for (; at < end.tokens; at++) {
        const token = this.#tokens[at];
        if (token?.type !== "delimiter") continue;
        if (token.opens && token.count) return found;
        depth += token.begins.length - token.ends.length;
      }
      if (!depth) found = end;
    }
    return found;
  }

  /** Where the next special character or citation mark stands. */
  #next(): number {
    SPECIAL.lastIndex = this.#at;
    const found = SPECIAL.exec(this.text)?.index ?? this.text.length;
    return Math.min(found, this.#marks[this.#marked]?.at ?? found);
  }

  #cite(): void {
    for (let mark = this.#marks[this.#marked]; mark && mark.at <= this.#at; mark = this.#marks[++this.#marked]) {
      this.#tokens.push({ type: "citation", group: mark.group });
    }
  }

  #push(text: string): void {
    this.#tokens.push({ type: "text", text });
  }

  /** Takes what begins at a special character; where nothing does, the character itself. */
  #special(): void {
    const mark = this.text.charAt(this.#at);
    if (this.#construct(mark)) return;
    this.#push(mark);
    this.#at++;
  }

  #construct(mark: string): boolean {
    switch (mark) {
      case "\\":
        return this.#backslash();
      case "`":
        return this.#code();
      case "*":
      case "_":
      case "~":
        return this.#delimiter(mark);
      case "[":
        return this.#open(1);
      case "!":
        return this.text.charAt(this.#at + 1) === "[" && this.#open(2);
      case "]":
        return this.#close();
      case "<":
        return this.#angle();
      case "&":
        return this.#entity();
      case "$":
        return this.#dollar();
      case "\n":
        return this.#lineEnd();
      default:
        return this.#autolink();
    }
  }

  #backslash(): boolean {
    const { text } = this;
    const next = text.charAt(this.#at + 1);
    if (next === "\n") {
      this.#tokens.push({ type: "break" });
      this.#at += 2;
      this.#skipSpaces();
      this.#endLine();
      return true;
    }
    if ((next === "(" || next === "[") && this.#bracketed(next === "(" ? "\\)" : "\\]")) return true;
    const escaped = this.#match(ESCAPE);
    if (escaped) this.#push(escaped[1] ?? "");
    return escaped !== null;
  }

  #code(): boolean {
    const { text } = this;
    const marks = this.#match(/`+/y)?.[0] ?? "";
    const from = this.#at;
    if (!this.#missing.has(marks)) {
      const runs = /`+/g;
      runs.lastIndex = from;
      for (let run = runs.exec(text); run; run = runs.exec(text)) {
        if (run[0] !== marks) continue;
        const code = text.slice(from, run.index).replaceAll("\n", " ");
        const padded = code.length > 1 && code.startsWith(" ") && code.endsWith(" ") && code.trim();
        this.#tokens.push({ type: "code", text: padded ? code.slice(1, -1) : code });
        this.#at = run.index + marks.length;
        return true;
      }
      this.#missing.add(marks);
    }
    this.#push(marks);
    return true;
  }

  #delimiter(mark: string): boolean {
    let end = this.#at;
    while (this.text.charAt(end) === mark) end++;
    this.#tokens.push(delimiter(this.text, this.#at, end));
    this.#at = end;
    return true;
  }

  #open(length: number): boolean {
    const before = this.#brackets.at(-1);
    if (before) before.nested = true;
    const from = this.#at + length;
    this.#brackets.push({ token: this.#tokens.length, from, image: length > 1, active: true, nested: false });
    this.#tokens.push({ type: "bracket", text: length > 1 ? "![" : "[" });
    this.#at = from;
    return true;
  }

  #close(): boolean {
    const bracket = this.#brackets.pop();
    if (!bracket) return false;
    const label = this.text.slice(bracket.from, this.#at);
    const found = bracket.active && this.#target(label, bracket.nested);
    if (!found) return false;
    const { value, end } = found;
    const citations: Inline[] = [];
    const inside = this.#tokens.splice(bracket.token).slice(1);
    pair(inside);
    const children = linkText(tree(inside), citations);
    if (bracket.image) this.#tokens.push({ type: "image", alt: plain(children), ...value });
    else {
      this.#tokens.push({ type: "link", children, ...value });
      for (const other of this.#brackets) if (!other.image) other.active = false;
    }
    this.#tokens.push(...citations);
    this.#at = end;
    return true;
  }

  #target(inside: string, nested: boolean): { value: Definition; end: number } | null {
    const { text, options } = this;
    const after = this.#at + 1;
    const target = readTarget(text, after);
    if (target) return target;
    if (text.charAt(after) === "(") this.#missing.add("(");
    const label = readLabel(text, after);
    const name = normalized(label ? label.value : nested ? "" : inside);
    const definition = name && options.define?.(name);
    if (!definition) return null;
    const collapsed = text.startsWith("[]", after) ? after + 2 : after;
    const { href, title } = definition;
    return { value: { href, title }, end: label ? label.end : collapsed };
  }

  #angle(): boolean {
    const web = this.#match(ANGLE_WEB);
    const mail = web ? null : this.#match(ANGLE_MAIL);
    const address = web?.[1] ?? mail?.[1];
    if (address !== undefined) {
      this.#link(address, mail ? `mailto:${address}` : address, false);
      return true;
    }
    const html = this.#match(TAG)?.[0] ?? this.#otherHtml();
    if (html) this.#tokens.push({ type: "html", text: html });
    else if (OPEN_TAG.test(this.text.slice(this.#at, this.#at + 2))) this.#missing.add("tag");
    return html !== null;
  }

  #otherHtml(): string | null {
    const { text } = this;
    const from = this.#at;
    const [begin, close] = OTHER_HTML.find(([begin]) => text.startsWith(begin, from)) ?? ["", ""];
    if (!begin || (begin === "<!" && !/[A-Za-z]/.test(text.charAt(from + 2)))) return null;
    const end = this.#find(close, from + 2);
    if (end === Number.POSITIVE_INFINITY) {
      this.#missing.add(close);
      return null;
    }
    this.#at = end + close.length;
    return text.slice(from, this.#at);
  }

  #entity(): boolean {
    const found = this.#match(ENTITY);
    if (found) this.#push(decodeEntities(found[0]));
    return found !== null;
  }

  #dollar(): boolean {
    if (this.text.startsWith("$$$", this.#at)) {
      this.#push(this.#match(/\$+/y)?.[0] ?? "");
      return true;
    }
    return this.#formula(dollarFormula(this.text, this.#at));
  }

  #bracketed(ending: string): boolean {
    const close = this.#find(ending, this.#at + 3);
    const line = this.#find("\n", this.#at);
    return close < line && this.#formula(bracketFormula(this.text, this.#at, close));
  }

  #formula(found: Formula | null): boolean {
    if (!found) return false;
    const { source, display, end } = found;
    this.#tokens.push({ type: "formula", source, display });
    this.#at = end;
    return true;
  }

  #lineEnd(): boolean {
    const last = this.#tokens.at(-1);
    const hard = last?.type === "text" && / {2,}$/.test(last.text);
    if (last?.type === "text") last.text = last.text.replace(/ +$/, "");
    if (hard) this.#tokens.push({ type: "break" });
    else this.#push("\n");
    this.#at++;
    this.#skipSpaces();
    this.#endLine();
    return true;
  }

  #endLine(): void {
    if (this.#missing.size || this.#brackets.some(({ active }) => active)) return;
    this.#ends.push({ at: this.#at, tokens: this.#tokens.length });
  }

  #autolink(): boolean {
    const { text, options } = this;
    const found = autolinkAt(text, this.#at);
    if (!found) return false;
    if (options.growing && found.reach === text.length) this.#push(found.text);
    else this.#link(found.text, found.href, true);
    this.#at = found.end;
    return true;
  }

  #link(text: string, href: string, auto: boolean): void {
    this.#tokens.push({ type: "link", href, title: null, auto, children: [{ type: "text", text }] });
  }

  /** Where `wanted` stands at or after `from`; beyond all where it does not. */
  #find(wanted: string, from: number): number {
    const known = this.#found.get(wanted);
    if (known && known.from <= from && from <= known.at) return known.at;
    const found = this.text.indexOf(wanted, from);
    const at = found < 0 ? Number.POSITIVE_INFINITY : found;
    this.#found.set(wanted, { from, at });
    return at;
  }

  #skipSpaces(): void {
    while (this.text.charAt(this.#at) === " ") this.#at++;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found) this.#at += found[0].length;
    return found;
  }
}
