/**
 * Text to blocks, line by line, as CommonMark describes it. What a line is depends on the lines before it alone, so
 * text that comes in pieces makes the same blocks as text that comes at once. The line that is still being written is
 * read ahead of its end and then forgotten again; so is what began as a formula and turned out to be none.
 */
import { Block, type BlockType, type Line } from "./block";
import { BLOCK, CELL, CODE, costOf, MAX_COLUMNS, MAX_COST, MAX_NESTING, MAX_TEXT, MAX_TEXT_COST } from "./budget";
import { characters } from "./citations";
import { Cursor } from "./cursor";
import { clean, continues, flagBlank, textOf } from "./lines";
import { type Defined, type Definition, readDefinition } from "./references";
import { restore, type Saved, save } from "./snapshot";
import * as starts from "./starts";
import { alignments, cellsOf } from "./table";

/** Longer formulas are not set. Until its end comes, what follows an opening `$$` is undecided. */
const MAX_FORMULA = 5000;
const MAX_UNDECIDED = 500;
/** A longer line is not read anew for every word that comes to it, but when it has grown by a part of its length. */
const LONG_LINE = 2000;
const GROWN = 1 / 32;
/** The beginning of a line that may yet become something else: a marker, a fence, the definition of an address. */
const UNDECIDED =
  /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?:[-+*=_#`~$|:\\ \t]*|\d{1,9}[.)]?|(?:`{3}|~{3})[^`]*|\[[^\]]*(?:\](?::.*)?)?)$/;
const UNDECIDED_CODE = /^[\s>]*[`~]*[ \t]*$/;
const MAY_BEGIN = /^[#`~*+_=<>0-9|:$\\-]/;

/** A formula whose end has not come yet: what was before it, and its lines. */
export interface Attempt {
  block: Block;
  before: Saved;
  lines: Line[];
  length: number;
}

export class BlockParser {
  readonly root = new Block("document", null);
  /** Addresses by their normalized labels; the first definition of a label counts. */
  readonly definitions = new Map<string, Definition>();
  /** The labels whose addresses have come or gone; the reader empties it. */
  readonly changed = new Set<string>();
  /** The depth of the first heading. */
  top = 0;
  attempt: Attempt | null = null;
  /** What all that was read costs. */
  cost = 0;
  /** What came after that would cost too much; null while nothing did. The reader empties it. */
  plain: string[] | null = null;
  #tip = this.root;
  #rest = "";
  /** What has come to a long line since it was read. */
  #late = "";
  /** The last lines, as far as they are of one block. */
  #text: { block: Block | null; length: number; cost: number } = { block: null, length: 0, cost: 0 };
  /** The number of characters in the lines so far. */
  #at = 0;
  #saved: Saved | null = null;

  /** True where `text` can wait, and does: it is little beside the line that it comes to. */
  waits(text: string): boolean {
    const { length } = this.#rest;
    const late = this.#late + text;
    if (!this.#saved || length < LONG_LINE || late.length > length * GROWN || /[\r\n]/.test(text)) return false;
    this.#late = late;
    return true;
  }

  write(text: string): void {
    this.rollBack();
    if (this.plain) {
      this.plain.push(text);
      return;
    }
    const known = this.#rest.length;
    const source = this.#rest + this.#late + text;
    this.#late = "";
    // A carriage return at the end may be half of a line's end.
    const endings = /\r\n|\n|\r(?!$)/g;
    endings.lastIndex = Math.max(known - 1, 0);
    let from = 0;
    for (let end = endings.exec(source); end; end = endings.exec(source)) {
      const line = source.slice(from, end.index);
      if (!this.#affords(line)) break;
      this.#take(line, end[0].length);
      from = endings.lastIndex;
    }
    this.#rest = source.slice(from);
    // What is left is the line that is being written, or begins with one that costs too much.
    if (!this.#affords(this.#rest)) this.stop();
  }

  /** Reads no more: all that is left, and what comes, is plain. */
  stop(): void {
    this.rollBack();
    this.plain ??= [];
    this.plain.push(this.#rest + this.#late);
    this.#rest = "";
    this.#late = "";
    while (this.attempt) this.#giveUp(this.attempt);
    this.#closeTo(this.root);
  }

  /** Reads the line that is being written as if it ended here, until the next call. */
  preview(): void {
    const line = this.#rest.replace(/\r$/, "");
    const undecided = this.#tip.type === "code" ? UNDECIDED_CODE : UNDECIDED;
    if (!line || (line.length < MAX_UNDECIDED && undecided.test(line))) return;
    this.#saved = save(this, this.#tip);
    this.#line({ text: clean(line), at: this.#at });
  }

  /** Forgets what `preview` has read. */
  rollBack(): void {
    if (this.#saved) this.#tip = restore(this, this.#saved);
    this.#saved = null;
  }

  /** Whether the lines of an undecided formula may yet change it, although it is closed. */
  undecided(block: Block): boolean {
    return this.attempt?.before.blocks.some((saved) => saved.block === block) ?? false;
  }

  /** There is no more text. */
  finish(): void {
    this.rollBack();
    if (this.#late) this.write("");
    if (this.#rest) this.#take(this.#rest.replace(/\r$/, ""), 0);
    this.#rest = "";
    while (this.attempt) this.#giveUp(this.attempt);
    this.#closeTo(this.root);
    this.root.open = false;
  }

  /** Whether a line may be read: by its length, that of the paragraph that it belongs to, and by its signs. */
  #affords(line: string): boolean {
    const more = this.#costOf(line);
    if (line.length > MAX_TEXT || more > MAX_TEXT_COST || this.cost + more > MAX_COST) return false;
    const { block, length, cost } = this.#text;
    if (block !== this.#tip || !line.trim()) return true;
    return length + line.length <= MAX_TEXT && cost + more <= MAX_TEXT_COST;
  }

  #costOf(line: string): number {
    return this.#tip.verbatim ? 1 : costOf(line);
  }

  #take(text: string, ending: number): void {
    const cost = this.#costOf(text);
    this.cost += cost;
    this.#line({ text: clean(text), at: this.#at });
    this.#at += characters(text) + ending;
    const { type } = this.#tip;
    const block = type === "paragraph" || type === "html" ? this.#tip : null;
    const before = block && block === this.#text.block ? this.#text : { length: 0, cost: 0 };
    this.#text = { block, length: before.length + text.length, cost: before.cost + cost };
  }

  #line(line: Line, formulas = true): void {
    const { attempt } = this;
    if (attempt) {
      attempt.lines.push(line);
      attempt.length += line.text.length;
    }
    const before = !attempt && formulas && /\$\$|\\\[/.test(line.text) ? save(this, this.#tip) : null;
    const cursor = new Cursor(line.text);
    const container = this.#continued(cursor);
    if (attempt && (container !== attempt.block || fails(attempt, cursor))) {
      this.#giveUp(attempt);
      return;
    }
    if (container) this.#read(container, cursor, line, formulas);
    if (before && this.#tip.type === "formula") {
      this.attempt = { block: this.#tip, before, lines: [line], length: line.text.length };
    }
  }

  /** The lines of what is no formula are read again. */
  #giveUp({ before, lines }: Attempt): void {
    this.#tip = restore(this, before);
    lines.forEach((line, index) => {
      this.#line(line, index > 0);
    });
  }

  /** The innermost block that the line continues; null where the line has ended one and is used up. */
  #continued(cursor: Cursor): Block | null {
    for (let container = this.root; ; ) {
      const child = container.last;
      if (!child?.open) return container;
      if (child.fence && !cursor.indented && starts.closes(child.fence, cursor.trimmed)) {
        this.#closeTo(child);
        this.#close();
        return null;
      }
      if (!continues(child, cursor)) return container;
      container = child;
    }
  }

  #read(continued: Block, cursor: Cursor, line: Line, formulas: boolean): void {
    let container = continued;
    while (!container.verbatim) {
      const begun = this.#begin(container, cursor, line, formulas);
      if (!begun) break;
      container = begun;
      if (!container.holds("paragraph")) {
        flagBlank(container, false);
        return;
      }
    }
    // A paragraph may go on without the markers of the blocks around it.
    if (container !== this.#tip && !cursor.blank && this.#tip.type === "paragraph") {
      this.#tip.lines.push(textOf(cursor, line));
      return;
    }
    this.#closeTo(container);
    flagBlank(container, cursor.blank);
    if (container.verbatim) this.#addVerbatim(container, cursor, line);
    else if (cursor.blank) return;
    else if (container.type === "table") this.#addRow(container, textOf(cursor, line));
    else if (container.type === "paragraph") container.lines.push(textOf(cursor, line));
    else this.#add("paragraph", container).lines.push(textOf(cursor, line));
  }

  /** The block that the line begins inside `container`, or in its place. */
  #begin(container: Block, cursor: Cursor, line: Line, formulas: boolean): Block | null {
    const paragraph = container.type === "paragraph" ? container : null;
    const lazy = container !== this.#tip && this.#tip.type === "paragraph";
    if (cursor.blank) return null;
    if (cursor.indented) {
      if (paragraph || lazy || container.type === "table") return null;
      cursor.skipColumns(4);
      const code = this.#add("code", container);
      this.#addVerbatim(code, cursor, line);
      return code;
    }
    const text = cursor.trimmed;
    if (!MAY_BEGIN.test(text)) return null;
    return (
      this.#beginQuote(container, cursor) ??
      this.#beginHeading(container, cursor, line) ??
      this.#beginVerbatim(container, cursor, line, formulas, paragraph !== null || lazy) ??
      (paragraph && (this.#underline(paragraph, text) ?? this.#beginTable(paragraph, text))) ??
      (starts.isRule(text) ? this.#whole(this.#add("rule", container)) : null) ??
      this.#beginItem(container, cursor)
    );
  }

  #beginQuote(container: Block, cursor: Cursor): Block | null {
    if (!cursor.trimmed.startsWith(">") || container.nesting >= MAX_NESTING) return null;
    cursor.toNext();
    cursor.skip(1);
    cursor.skipSpace();
    return this.#add("quote", container);
  }

  #beginHeading(container: Block, cursor: Cursor, line: Line): Block | null {
    const found = starts.heading(cursor.trimmed);
    if (!found) return null;
    const heading = this.#add("heading", container);
    heading.depth = found.depth;
    this.top ||= found.depth;
    const { text, at } = textOf(cursor, line);
    heading.lines.push({ text: text.slice(found.from, found.to), at: at + found.from });
    return this.#whole(heading);
  }

  #beginVerbatim(container: Block, cursor: Cursor, line: Line, formulas: boolean, interrupts: boolean): Block | null {
    const text = cursor.trimmed;
    const fence = starts.fence(text, cursor.indent);
    if (fence) {
      const code = this.#add("code", container);
      code.fence = fence;
      return code;
    }
    const ending = starts.html(text, interrupts);
    if (ending !== undefined) {
      const html = this.#add("html", container);
      html.ending = ending;
      this.#addVerbatim(html, cursor, line);
      return html;
    }
    const formula = formulas ? starts.formula(text) : null;
    if (!formula) return null;
    const block = this.#add("formula", container);
    block.ending = formula.ending;
    block.lines.push({ text: formula.source ?? text.slice(2), at: line.at });
    return formula.source === null ? block : this.#whole(block);
  }

  /** The paragraph becomes a heading, unless it was nothing but definitions. */
  #underline(paragraph: Block, text: string): Block | null {
    const depth = starts.underline(text);
    if (!depth) return null;
    this.#define(paragraph);
    if (!paragraph.lines.length) return null;
    paragraph.type = "heading";
    paragraph.depth = depth;
    this.top ||= depth;
    return this.#whole(paragraph);
  }

  /** The paragraph's last line becomes the head of a table. */
  #beginTable(paragraph: Block, text: string): Block | null {
    const align = alignments(text);
    const head = paragraph.lines.at(-1);
    if (!align || !head || align.length > MAX_COLUMNS || cellsOf(head).length !== align.length) return null;
    const { parent } = paragraph;
    paragraph.lines = paragraph.lines.slice(0, -1);
    this.#close();
    if (!paragraph.lines.length) parent?.children.pop();
    const table = this.#add("table", this.#tip);
    table.align = align;
    this.#addRow(table, head);
    return table;
  }

  #beginItem(container: Block, cursor: Cursor): Block | null {
    if (container.nesting >= MAX_NESTING) return null;
    const found = starts.item(cursor, container.type === "paragraph");
    if (!found) return null;
    const { marker, indent } = found;
    this.#closeTo(container);
    let list = container;
    if (container.type !== "list" || !container.marker || !starts.sameList(container.marker, marker)) {
      list = this.#add("list", container);
      list.marker = marker;
    }
    const item = this.#add("item", list);
    item.indent = indent;
    return item;
  }

  #addVerbatim(block: Block, cursor: Cursor, line: Line): void {
    const { rest } = cursor;
    const end = block.type === "formula" ? rest.search(block.ending ?? /$/) : -1;
    const from = line.at + characters(line.text.slice(0, cursor.offset));
    block.lines.push({ text: end < 0 ? rest : rest.slice(0, end), at: from });
    if (block.type === "html" && block.ending?.test(rest)) this.#whole(block);
    if (end < 0) return;
    this.attempt = null;
    this.#whole(block);
    const after = rest.slice(end + 2);
    if (after.trim()) {
      const text = after.trimStart();
      const at = from + characters(rest) - characters(text);
      this.#add("paragraph", this.#tip).lines.push({ text, at });
    }
  }

  #addRow(table: Block, line: Line): void {
    const row = this.#add("row", table);
    this.cost += CELL * table.align.length;
    row.cells = cellsOf(line).slice(0, table.align.length);
    while (row.cells.length < table.align.length) row.cells.push([]);
    this.#whole(row);
  }

  /** A new last block of `container`, or of what is around it where it holds none of that type. */
  #add(type: BlockType, container: Block): Block {
    this.#closeTo(container);
    while (!this.#tip.holds(type)) this.#close();
    const parent = this.#tip;
    const list = parent.type === "item" ? parent.parent : parent;
    if (list?.type === "list" && parent.last?.endsBlank) list.loose = true;
    const block = new Block(type, parent);
    this.cost += type === "code" ? CODE : BLOCK;
    parent.children.push(block);
    this.#tip = block;
    return block;
  }

  /** Nothing more belongs to the block. */
  #whole(block: Block): Block {
    this.#closeTo(block);
    this.#close();
    return block;
  }

  #closeTo(block: Block): void {
    while (this.#tip !== block && this.#tip.parent) this.#close();
  }

  #close(): void {
    const { parent } = this.#tip;
    if (this.#tip.type === "paragraph") this.#define(this.#tip);
    this.#tip.open = false;
    if (parent) this.#tip = parent;
  }

  /** Takes the definitions out of a paragraph. */
  #define(paragraph: Block): void {
    const { definitions, lines } = definitionsOf(paragraph);
    paragraph.lines = lines;
    for (const { label, href, title } of definitions) {
      if (this.definitions.has(label)) continue;
      this.definitions.set(label, { href, title });
      this.changed.add(label);
    }
  }
}

/** The definitions that a paragraph begins with, and the lines that are left of it. */
export function definitionsOf({ lines }: Block) {
  const definitions: Defined[] = [];
  if (!lines[0]?.text.startsWith("[")) return { definitions, lines };
  const text = lines.map((line) => line.text).join("\n");
  let from = 0;
  for (let found = readDefinition(text, 0); found; found = readDefinition(text, from)) {
    definitions.push(found.value);
    from = found.end;
  }
  const used = from < text.length ? text.slice(0, from).split("\n").length - 1 : lines.length;
  return { definitions, lines: lines.slice(used) };
}

function fails({ block, length }: Attempt, cursor: Cursor): boolean {
  const text = cursor.trimmed;
  const again = block.ending?.source === /\\\]/.source && text.startsWith("\\[");
  return again || length > MAX_FORMULA || starts.fence(text, 0) !== null;
}
