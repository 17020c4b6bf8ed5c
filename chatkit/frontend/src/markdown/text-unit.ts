/** The text of one block, or of one cell, in the page: drawn again only when something of it has changed. */
import { type Direction, directionOf, mainDirection } from "../direction";
import type { Line } from "./block";
import { between, characters, type Marks, place } from "./citations";
import type { MarkdownContext } from "./context";
import { type Inline, type Mark, type Parsed, parseInline, prose } from "./inline";
import type { Definition } from "./references";
import { render } from "./render";

/** What all texts of a message share. */
export class Sheet {
  marks: Marks = { at: [], groups: [] };
  /** The texts in their order in the message. */
  readonly units: TextUnit[] = [];
  /** How many of them have stood since this was set. */
  stood = 0;
  /** The first text that has a direction. */
  first: TextUnit | null = null;
  /** The message has ended: what is cited beyond its end is cited there. */
  complete = false;
  /** How many characters have been read, for measuring. */
  read = 0;
  #users = new Map<string, Set<TextUnit>>();

  constructor(
    public context: MarkdownContext,
    readonly definitions: ReadonlyMap<string, Definition>,
  ) {}

  /** The message's direction. */
  get direction(): Direction | null {
    return this.first?.direction ?? null;
  }

  /** The direction of what is before a text, or of the chat. */
  around({ number }: TextUnit): Direction {
    return (this.first && this.first.number < number && this.first.direction) || this.context.direction;
  }

  /** `unit` has asked for the address of a label. */
  uses(unit: TextUnit, label: string): void {
    const users = this.#users.get(label) ?? new Set();
    this.#users.set(label, users.add(unit));
  }

  forget(unit: TextUnit, labels: Iterable<string>): void {
    for (const label of labels) this.#users.get(label)?.delete(unit);
  }

  usersOf(label: string): TextUnit[] {
    return [...(this.#users.get(label) ?? [])];
  }

  /** The marks of what is cited in a text or between it and the next one. */
  marksOf(unit: TextUnit): Marks["at"] {
    const next = this.units[unit.number + 1];
    const to = next ? next.start : this.complete ? Number.POSITIVE_INFINITY : unit.end;
    return between(this.marks, unit.number ? unit.start : -1, to);
  }
}

/** What tells a text's direction: what is no link, and where that has no letter, links. */
interface Said {
  prose: string;
  links: string;
}

/** What of a text is drawn for good while more comes: lines, their length, their nodes, the citations in them. */
interface Settled {
  said: Said;
  lines: number;
  last: Line | undefined;
  length: number;
  nodes: number;
  cited: string;
}

/** So much of a text tells its direction. */
const MAX_PROSE = 500;
/** A longer text is not read anew for each line that comes, but when it has grown by a part of its length. */
const LONG_TEXT = 2000;
const GROWN = 1 / 16;
const NOTHING: Settled = {
  said: { prose: "", links: "" },
  lines: 0,
  last: undefined,
  length: 0,
  nodes: 0,
  cited: "[]",
};

export class TextUnit {
  /** Its place among the texts of the message. */
  readonly number: number;
  #lines: readonly Line[] = [];
  #separator = "\n";
  #growing = false;
  #before: Node | null = null;
  #drawn = "";
  #text = "";
  /** What has come since the text was read, as it is written. */
  #tail: Text | null = null;
  #direction: Direction | null = null;
  #drawnBefore: Node | null | undefined;
  #settled = NOTHING;
  #labels = new Map<string, Definition | undefined>();

  constructor(
    readonly sheet: Sheet,
    readonly element: () => HTMLElement,
    /** HTML: shown as it is. */
    readonly raw = false,
  ) {
    this.number = sheet.units.push(this) - 1;
  }

  /** The number of its first character in the message. */
  get start(): number {
    return this.#lines[0]?.at ?? 0;
  }

  /** Of the one after its last. */
  get end(): number {
    const last = this.#lines.at(-1);
    return last ? last.at + characters(last.text) : 0;
  }

  /** Null where it has no letter. */
  get direction(): Direction | null {
    return this.#direction;
  }

  set(lines: readonly Line[], separator: string, growing: boolean, before: Node | null = null): void {
    this.#lines = lines;
    this.#separator = separator;
    this.#growing = growing;
    this.#before = before;
    this.refresh();
  }

  /** Draws the text if it, its citations or the addresses of its links are not those that were drawn. */
  refresh(): void {
    const marks = this.#marks();
    const moved = this.#before !== this.#drawnBefore || this.#moved();
    const { lines, last, length, cited } = this.#settled;
    // Without a line after it the last line's end is none.
    const same =
      !lines || (lines < this.#lines.length && this.#lines[lines - 1] === last && this.#cited(marks, length) === cited);
    if (moved || !same) this.#settled = NOTHING;
    const text = this.#lines
      .slice(this.#settled.lines)
      .map((line) => line.text)
      .join(this.#separator)
      .trimEnd();
    const drawn = JSON.stringify([this.#settled.lines, this.#growing, this.#cited(marks), this.sheet.around(this)]);
    const kept = drawn === this.#drawn && !moved && same;
    if (kept && (text === this.#text ? !this.#tail : this.#waits(text))) return;
    this.#drawn = drawn;
    this.#text = text;
    this.#drawnBefore = this.#before;
    this.#draw(text, marks);
  }

  /** Shows what has come as it is, where it is little beside what is drawn. */
  #waits(text: string): boolean {
    const { length } = this.#text;
    const more = text.length - length;
    if (!this.#growing || length < LONG_TEXT || more > length * GROWN || !text.startsWith(this.#text)) return false;
    this.#tail ??= document.createTextNode("");
    this.#tail.data = text.slice(length);
    this.element().append(this.#tail);
    return true;
  }

  remove(): void {
    this.sheet.forget(this, this.#labels.keys());
    this.sheet.units.length = Math.min(this.sheet.units.length, this.number);
    this.sheet.stood = Math.min(this.sheet.stood, this.number);
    if (this.sheet.first === this) this.sheet.first = null;
  }

  #draw(text: string, all: readonly Mark[]): void {
    const { length, lines, nodes, said: before } = this.#settled;
    if (!lines) {
      this.sheet.forget(this, this.#labels.keys());
      this.#labels.clear();
    }
    const marks = all.filter(({ at }) => at >= length).map(({ at, group }) => ({ at: at - length, group }));
    const parsed = this.#parse(text, marks);
    const settled = said(before, parsed.settled);
    const turned = this.#turn(said(settled, parsed.rest));
    if (turned && lines) {
      this.#settled = NOTHING;
      this.refresh();
      return;
    }
    const { context, marks: cited } = this.sheet;
    const inside = { ...context, groups: cited.groups, direction: this.#direction ?? this.sheet.around(this) };
    const element = this.element();
    this.#tail = null;
    for (const gone of [...element.childNodes].slice(nodes)) gone.remove();
    if (this.#before && !lines) element.append(this.#before);
    element.append(...render(parsed.settled, inside));
    if (parsed.lines && this.#growing) {
      const count = lines + parsed.lines;
      const more = this.#lines.slice(lines, count).map((line) => line.text.length + this.#separator.length);
      const end = more.reduce((sum, one) => sum + one, length);
      this.#settled = {
        said: settled,
        lines: count,
        last: this.#lines[count - 1],
        length: end,
        nodes: element.childNodes.length,
        cited: this.#cited(all, end),
      };
    }
    element.append(...render(parsed.rest, inside));
  }

  /** Takes the direction of its text; true if it is another one than before. */
  #turn({ prose, links }: Said): boolean {
    const { sheet } = this;
    const direction = mainDirection(prose, sheet.around(this)) ?? directionOf(links);
    const turned = direction !== this.#direction;
    this.#direction = direction;
    if (direction) this.element().dir = direction;
    else this.element().removeAttribute("dir");
    if (direction && (!sheet.first || this.number <= sheet.first.number)) sheet.first = this;
    else if (!direction && sheet.first === this) sheet.first = null;
    return turned;
  }

  #parse(text: string, marks: readonly Mark[]): Parsed {
    this.sheet.read += text.length;
    if (this.raw) return { settled: [], lines: 0, rest: rawWith(text, marks) };
    const define = (label: string) => {
      const found = this.sheet.definitions.get(label);
      this.#labels.set(label, found);
      this.sheet.uses(this, label);
      return found;
    };
    return parseInline(text, { define, marks, growing: this.#growing });
  }

  /** A label it uses has another address now. */
  #moved(): boolean {
    for (const [label, drawn] of this.#labels) {
      const now = this.sheet.definitions.get(label);
      if (now?.href !== drawn?.href || now?.title !== drawn?.title) return true;
    }
    return false;
  }

  /** What is cited at the marks before `end`, to be compared. */
  #cited(marks: readonly Mark[], end = Number.POSITIVE_INFINITY): string {
    const { groups } = this.sheet.marks;
    const before = marks.filter(({ at }) => at < end);
    return JSON.stringify(before.map(({ at, group }) => [at, groups[group]?.map((one) => [one.number, one.source])]));
  }

  /** A mark belongs to the sentence before it and not to the space or the line that follows. */
  #marks(): Mark[] {
    return this.sheet.marksOf(this).map(({ index, group }) => {
      let from = 0;
      let at = 0;
      for (const line of this.#lines) {
        if (line.at >= index) break;
        const { length } = line.text.slice(0, place(line.text, index - line.at)).trimEnd();
        if (length) at = from + length;
        from += line.text.length + this.#separator.length;
      }
      return { at, group };
    });
  }
}

function said(before: Said, nodes: readonly Inline[]): Said {
  return {
    prose: `${before.prose}${prose(nodes)}`.slice(0, MAX_PROSE),
    links: `${before.links}${prose(nodes, true)}`.slice(0, MAX_PROSE),
  };
}

function rawWith(text: string, marks: readonly Mark[]): Inline[] {
  let from = 0;
  const pieces = marks.flatMap(({ at, group }): Inline[] => {
    const piece = text.slice(from, at);
    from = at;
    return [
      { type: "html", text: piece },
      { type: "citation", group },
    ];
  });
  return [...pieces, { type: "html", text: text.slice(from) }];
}
