/** Draws a text part as it grows, so that in the end it is what it would have been at once. */
import type { Direction } from "../direction";
import type { TextPart } from "../state/text-part";
import { BlockParser } from "./blocks";
import { LONG, SLICE } from "./budget";
import { marksOf, numbered } from "./citations";
import { Clock } from "./clock";
import type { Cited, MarkdownContext } from "./context";
import { Container } from "./drawing";
import { PlainText } from "./plain-text";
import { Sheet } from "./text-unit";

export class MarkdownView {
  readonly container = document.createElement("div");
  #part: TextPart | null = null;
  #seen = 0;
  #revision = -1;
  #complete = false;
  #noted = -1;
  #cited: readonly Cited[] | undefined;
  #direction: Direction | null = null;
  #strings: MarkdownContext["strings"] | null = null;
  #parser = new BlockParser();
  #sheet!: Sheet;
  #root!: Container;
  /** What would cost too much, or could not be drawn. */
  #plain: PlainText | null = null;
  #failed = false;
  #clock = new Clock();

  constructor() {
    this.container.className = "markdown";
  }

  /** How many characters of text have been read so far, for measuring. */
  get read(): number {
    return this.#sheet.read;
  }

  /**
   * Draws what is new. `cited` numbers the sources over all parts of a message. What can't be drawn is shown as it is
   * written: this never throws.
   */
  update(part: TextPart, context: MarkdownContext, cited?: readonly Cited[]): void {
    this.#clock = new Clock();
    try {
      this.#update(part, context, cited);
    } catch {
      this.#fail(part, context);
    } finally {
      this.#clock.stop();
    }
  }

  #update(part: TextPart, context: MarkdownContext, cited?: readonly Cited[]): void {
    const more = part.pieces > this.#seen;
    if (
      part !== this.#part ||
      part.revision !== this.#revision ||
      context.strings !== this.#strings ||
      (this.#complete && more)
    ) {
      this.#restart(part, context);
    }
    if (this.#failed) {
      this.#showPlain([part.since(this.#seen)], context.strings.plainMessage);
      this.#seen = part.pieces;
      return;
    }
    this.#sheet.context = context;
    if (part.noted !== this.#noted || cited !== this.#cited) this.#cite(part, cited);
    this.#grow(part);
  }

  #fail(part: TextPart, context: MarkdownContext): void {
    this.#failed = true;
    this.#plain = null;
    this.#seen = part.pieces;
    this.container.replaceChildren();
    this.#showPlain([part.text], context.strings.plainMessage);
  }

  #showPlain(pieces: readonly string[], word: string): void {
    if (!this.#plain) {
      this.#plain = new PlainText(word);
      this.container.append(this.#plain.element);
    }
    for (const piece of pieces) this.#plain.append(piece);
  }

  #restart(part: TextPart, context: MarkdownContext): void {
    this.#part = part;
    this.#revision = part.revision;
    this.#strings = context.strings;
    this.#seen = 0;
    this.#complete = false;
    this.#noted = -1;
    this.#direction = null;
    this.#plain = null;
    this.#failed = false;
    this.#parser = new BlockParser();
    this.#sheet = new Sheet(context, this.#parser.definitions);
    this.#root = new Container(this.#parser.root, { parser: this.#parser, sheet: this.#sheet }, this.container);
    this.container.replaceChildren();
    this.container.removeAttribute("dir");
  }

  /** Numbers move when a source comes that stands before others. */
  #cite({ annotations, noted }: TextPart, cited: readonly Cited[] | undefined): void {
    this.#noted = noted;
    this.#cited = cited;
    const marks = marksOf(annotations, cited ?? numbered(annotations));
    if (JSON.stringify(marks) === JSON.stringify(this.#sheet.marks)) return;
    this.#sheet.marks = marks;
    for (const unit of this.#sheet.units) unit.refresh();
  }

  #grow(part: TextPart): void {
    const fresh = part.since(this.#seen);
    this.#seen = part.pieces;
    if (!fresh && this.#complete === part.complete) return;
    this.#complete = part.complete;
    const parser = this.#parser;
    const sheet = this.#sheet;
    if (!part.complete && parser.waits(fresh)) return;
    parser.rollBack();
    this.#root.settle();
    sheet.stood = sheet.units.length;
    this.#write(fresh);
    this.container.classList.toggle("long", sheet.read > LONG);
    if (part.complete) parser.finish();
    else parser.preview();
    sheet.complete = part.complete;
    this.#root.update();
    // What was the last text, of those that stayed, may get the marks between it and the next one, or lose some to it.
    for (const unit of sheet.units.slice(Math.max(sheet.stood - 1, 0))) unit.refresh();
    for (const label of parser.changed) for (const unit of sheet.usersOf(label)) unit.refresh();
    if (sheet.direction !== this.#direction) for (const unit of sheet.units) unit.refresh();
    this.#direction = sheet.direction;
    this.#root.turn(parser.changed.size > 0);
    parser.changed.clear();
    if (parser.plain) this.#showPlain(parser.plain.splice(0), sheet.context.strings.plainRest);
  }

  /** A long text is read and drawn by slices, as if it came so, until the time is over. */
  #write(text: string): void {
    const parser = this.#parser;
    for (let from = 0; from === 0 || from < text.length; from += SLICE) {
      if (from) {
        this.#root.update();
        this.#root.settle();
        if (this.#clock.over) parser.stop();
      }
      parser.write(text.slice(from, from + SLICE));
    }
  }
}
