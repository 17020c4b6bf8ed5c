/**
 * Blocks to DOM. What may still change is compared with what was drawn of it; what is closed and drawn is left alone,
 * so that a line more costs what its own block costs.
 */
import type { Direction } from "../direction";
import { iconElement } from "../icons";
import type { Block, Line } from "./block";
import { type BlockParser, definitionsOf } from "./blocks";
import { type GrowingCode, growingCode } from "./code";
import { make } from "./dom";
import { maths, unset } from "./maths";
import { tableBox } from "./table-box";
import { type Sheet, TextUnit } from "./text-unit";

/** So many of the first blocks tell the direction of what is around them. */
const TELLING = 20;
/** A cell with no more characters than this stays on one line. */
const WORDY = 24;
const TASK = /^\[([ xX])\][ \t]+(?=\S)/;

/** The message that is drawn. */
export interface Page {
  parser: BlockParser;
  sheet: Sheet;
}

export abstract class Drawing {
  abstract element: HTMLElement;
  readonly #type;

  constructor(
    readonly block: Block,
    readonly page: Page,
  ) {
    this.#type = block.type;
  }

  /** False for what is nothing to see: definitions. */
  get visible(): boolean {
    return true;
  }

  shows(block: Block | undefined): boolean {
    return block === this.block && block.type === this.#type;
  }

  /** Of its first text. */
  get direction(): Direction | null {
    return null;
  }

  /** Draws what has changed. */
  abstract update(): void;

  /** Takes the direction of what is inside; `all` includes what is settled. */
  turn(_all: boolean): void {}

  /** What is closed now, before more text comes, was drawn for the last time. */
  settle(): void {}

  /** It is no longer in the page. */
  remove(): void {
    this.element.remove();
  }
}

export class Container extends Drawing {
  readonly drawn: Drawing[] = [];
  #settled = 0;

  constructor(
    block: Block,
    page: Page,
    readonly element: HTMLElement,
  ) {
    super(block, page);
  }

  override update(): void {
    const { children } = this.block;
    let same = this.#settled;
    while (same < this.drawn.length && this.drawn[same]?.shows(children[same])) same++;
    for (const gone of this.drawn.splice(same).reverse()) gone.remove();
    for (let at = this.#settled; at < children.length; at++) {
      const child = this.drawn[at] ?? this.#draw(children[at] as Block);
      child.update();
      if (!child.visible) child.element.remove();
      else if (!child.element.parentNode) this.place(child.element, at);
    }
  }

  override get direction(): Direction | null {
    for (const { direction } of this.drawn.slice(0, TELLING)) if (direction) return direction;
    return null;
  }

  /** Bullets, numbers and borders stand on the side where the text begins; all items have the side of their list. */
  override turn(all: boolean): void {
    for (const child of all ? this.drawn : this.drawn.slice(this.#settled)) child.turn(all);
    const dir = this.block.type === "item" ? null : this.direction;
    if (this.element.getAttribute("dir") === dir) return;
    if (dir) this.element.dir = dir;
    else this.element.removeAttribute("dir");
  }

  override settle(): void {
    const { children } = this.block;
    for (let child = this.drawn[this.#settled]; child; child = this.drawn[this.#settled]) {
      const { block } = child;
      if (block !== children[this.#settled]) return;
      child.settle();
      if (block.open || this.page.parser.undecided(block)) return;
      this.#settled++;
    }
  }

  override remove(): void {
    for (const child of this.drawn.reverse()) child.remove();
    super.remove();
  }

  /** Puts the element of the child at `at`, the last one, into the page. */
  protected place(element: HTMLElement, _at: number): void {
    this.element.append(element);
  }

  #draw(block: Block): Drawing {
    const drawing = draw(block, this.page);
    this.drawn.push(drawing);
    return drawing;
  }
}

class List extends Container {
  #loose = false;

  constructor(block: Block, page: Page) {
    const { ordered, start } = block.marker ?? { ordered: false, start: 1 };
    const first = ordered && start !== 1 ? String(start) : null;
    super(block, page, ordered ? make("ol", { start: first }) : make("ul"));
  }

  override update(): void {
    super.update();
    if (this.block.loose === this.#loose) return;
    this.#loose = this.block.loose;
    for (const item of this.drawn as Container[]) {
      for (const child of item.drawn) if (child instanceof Paragraph) child.wrap();
    }
  }
}

class Item extends Container {
  constructor(block: Block, page: Page) {
    super(block, page, make("li"));
  }

  override update(): void {
    super.update();
    const first = this.drawn[0];
    if (first instanceof Paragraph && first.task) this.element.setAttribute("class", "task");
    else this.element.removeAttribute("class");
  }
}

class Table extends Container {
  readonly #head = make("thead");
  readonly #body = make("tbody");

  constructor(block: Block, page: Page) {
    const { element, table } = tableBox(page.sheet.context);
    super(block, page, element);
    table.append(this.#head, this.#body);
  }

  protected override place(row: HTMLElement, at: number): void {
    (at ? this.#body : this.#head).append(row);
  }
}

class Row extends Drawing {
  readonly element = make("tr");
  #units: TextUnit[] = [];

  override get direction(): Direction | null {
    for (const { direction } of this.#units.slice(0, TELLING)) if (direction) return direction;
    return null;
  }

  override update(): void {
    if (this.element.firstChild) return;
    const { block, page } = this;
    const head = block.parent?.children[0] === block;
    block.cells.forEach((pieces, column) => {
      const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
      const align = [block.parent?.align[column], length > WORDY && "wordy"].filter(Boolean).join(" ") || null;
      const cell = head ? make("th", { class: align, scope: "col" }) : make("td", { class: align });
      this.element.append(cell);
      if (!pieces.some(({ text }) => text)) return;
      // Cells are aligned as their table is, and their texts run as they do.
      const text = make("span");
      cell.append(text);
      const unit = new TextUnit(page.sheet, () => text);
      this.#units.push(unit);
      unit.set(pieces, "", false);
    });
  }

  override remove(): void {
    for (const unit of this.#units.reverse()) unit.remove();
    super.remove();
  }
}

/** A text: of a paragraph, a heading, of HTML that is shown as it is. */
abstract class Text extends Drawing {
  abstract override element: HTMLElement;
  #unit: TextUnit | null = null;

  override get visible(): boolean {
    return this.#unit !== null;
  }

  override get direction(): Direction | null {
    return this.#unit?.direction ?? null;
  }

  override update(): void {
    this.draw(this.block.lines, null);
  }

  override remove(): void {
    this.#unit?.remove();
    super.remove();
  }

  protected draw(lines: readonly Line[], before: Node | null): void {
    if (!lines.length) {
      this.#unit?.remove();
      this.#unit = null;
      return;
    }
    const { block, page } = this;
    this.#unit ??= new TextUnit(page.sheet, () => this.element, block.type === "html");
    this.#unit.set(lines, "\n", block.open && !page.sheet.complete, before);
  }
}

class Heading extends Text {
  readonly element: HTMLElement;

  constructor(block: Block, page: Page) {
    super(block, page);
    // The message's first heading stands right below the chat's own.
    const level = Math.min(3 + Math.max(0, block.depth - page.parser.top), 6) as 3 | 4 | 5 | 6;
    this.element = make(`h${level}`, { class: `h${block.depth}` });
  }
}

class Html extends Text {
  readonly element = make("p");
}

class Paragraph extends Text {
  element: HTMLElement;
  #box: HTMLElement | null = null;

  constructor(block: Block, page: Page) {
    super(block, page);
    this.element = make(this.#tag);
  }

  /** It begins an item that is to be done, or is done. */
  get task(): boolean {
    return this.#box !== null;
  }

  override update(): void {
    const { block } = this;
    const { lines } = block.open ? definitionsOf(block) : block;
    const [first, ...others] = lines;
    const begins = block.parent?.type === "item" && block.parent.children[0] === block;
    const [whole, mark] = (begins && first && TASK.exec(first.text)) || [];
    this.#box = whole ? this.#boxOf(mark !== " ") : null;
    if (!whole || !first) this.draw(lines, null);
    else this.draw([{ text: first.text.slice(whole.length), at: first.at + whole.length }, ...others], this.#box);
  }

  /** Without blank lines in the list a paragraph is not set apart. */
  wrap(): void {
    const element = make(this.#tag, { dir: this.element.getAttribute("dir") });
    element.append(...this.element.childNodes);
    this.element.replaceWith(element);
    this.element = element;
  }

  get #tag(): "p" | "span" {
    const { parent } = this.block;
    return parent?.type === "item" && !parent.parent?.loose ? "span" : "p";
  }

  #boxOf(done: boolean): HTMLElement {
    const { taskDone, taskOpen } = this.page.sheet.context.strings;
    const label = done ? taskDone : taskOpen;
    if (this.#box?.ariaLabel === label) return this.#box;
    const box = make("span", { class: "task-box", role: "img", "aria-label": label });
    box.append(iconElement(done ? "square-check" : "square"));
    return box;
  }
}

class Code extends Drawing {
  readonly #code: GrowingCode;
  #appended = 0;
  #finished = false;

  constructor(block: Block, page: Page) {
    super(block, page);
    this.#code = growingCode(block.fence?.info ?? "", page.sheet.context);
  }

  get element(): HTMLElement {
    return this.#code.element;
  }

  override update(): void {
    const { lines, open } = this.block;
    if (this.#finished && !open) return;
    this.#finished = !open;
    if (!open) {
      const text = lines.map((line) => line.text).join("\n");
      this.#code.finish(this.block.fence ? text : text.replace(/(?<![ \t\n])([ \t]*)(?:\n[ \t]*)+$/, "$1"));
      return;
    }
    // The last line may be one that is still being written.
    const certain = Math.max(lines.length - 1, this.#appended);
    for (const { text } of lines.slice(this.#appended, certain)) this.#code.append(`${text}\n`);
    this.#appended = certain;
    this.#code.setTail(lines[certain]?.text ?? "");
  }
}

class Formula extends Drawing {
  readonly element = make("div", { class: "maths-block" });
  #source = "";
  #open = true;

  override update(): void {
    const { lines, open } = this.block;
    const source = lines
      .map(({ text }) => text)
      .join("\n")
      .trim();
    if (source === this.#source && open === this.#open) return;
    this.#source = source;
    this.#open = open;
    this.element.replaceChildren(open ? unset(source, true) : maths(source, true));
  }
}

class Rule extends Drawing {
  readonly element = make("hr");

  override update(): void {}
}

function draw(block: Block, page: Page): Drawing {
  switch (block.type) {
    case "heading":
      return new Heading(block, page);
    case "code":
      return new Code(block, page);
    case "html":
      return new Html(block, page);
    case "formula":
      return new Formula(block, page);
    case "rule":
      return new Rule(block, page);
    case "table":
      return new Table(block, page);
    case "row":
      return new Row(block, page);
    case "list":
      return new List(block, page);
    case "item":
      return new Item(block, page);
    case "quote":
      return new Container(block, page, make("blockquote"));
    default:
      return new Paragraph(block, page);
  }
}
