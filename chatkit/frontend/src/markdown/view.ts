/**
 * Draws a text part as it grows. Everything before the last block is finished and never looked at again,
 * so a delta costs what its own block costs. The blocks that can themselves grow without end (code, lists,
 * tables) are continued piece by piece in the same way.
 */
import type { Token, Tokens } from "marked";
import type { TextPart } from "../state/text-part";
import { characters, insertMarks, type Marks, marksOf, numbered } from "./citations";
import { type GrowingCode, growingCode } from "./code";
import type { Cited, MarkdownContext } from "./context";
import { type Links, lex, withoutMarks } from "./lexer";
import { type RenderContext, renderBlocks, renderItem, renderList, renderTable } from "./render";

interface OpenFence {
  code: GrowingCode;
  closing: RegExp;
  /** The beginning of a line that may turn out to be the closing one. */
  held: string;
  /** Part of the current line is already in the code. */
  midLine: boolean;
}

/** A list or table whose first pieces are done: what follows is appended to the same element. */
interface Continued {
  kind: "ul" | "ol" | "table";
  element: HTMLElement;
  /** A table's header lines, which each further piece needs in order to be understood. */
  header: string;
}

const ROWS_AT_ONCE = 12;

export class MarkdownView {
  readonly container = document.createElement("div");
  #part: TextPart | null = null;
  /** Set by `update`, before anything is drawn. */
  #context!: MarkdownContext;
  #cited: Cited[] | undefined;
  #seen = 0;
  #revision = -1;
  /** Source not yet finished, and at which character of the whole text it begins. */
  #open = "";
  #offset = 0;
  #tail: Node[] = [];
  #links: Links = {};
  #marks: Marks = { at: [], groups: [] };
  #fence: OpenFence | null = null;
  #continued: Continued | null = null;
  #complete = false;
  #outline = { top: 0 };

  constructor() {
    this.container.className = "markdown";
  }

  /** Draws what is new. `cited` numbers the sources over all parts of a message. */
  update(part: TextPart, context: MarkdownContext, cited?: Cited[]): void {
    const restarted =
      part !== this.#part || part.revision !== this.#revision || context.strings !== this.#context.strings;
    this.#part = part;
    this.#context = context;
    this.#cited = cited;
    if (restarted) this.#restart(part);
    const fresh = part.since(this.#seen);
    this.#seen = part.pieces;
    if (!fresh && this.#complete === part.complete) return;
    this.#complete = part.complete;
    this.#take(fresh, part.complete);
  }

  #restart({ annotations, revision }: TextPart): void {
    this.#revision = revision;
    this.#seen = 0;
    this.#open = "";
    this.#offset = 0;
    this.#tail = [];
    this.#links = {};
    this.#fence = null;
    this.#continued = null;
    this.#complete = false;
    this.#outline = { top: 0 };
    this.#marks = marksOf(annotations, this.#cited ?? numbered(annotations));
    this.container.replaceChildren();
    this.container.removeAttribute("dir");
  }

  #take(fresh: string, complete: boolean): void {
    // As the lexer would: lengths of tokens are then lengths of source.
    let text = fresh.replaceAll("\r", "");
    if (this.#fence) {
      const rest = this.#growFence(this.#fence, text, complete);
      if (rest === null) return;
      text = rest;
    }
    if (!this.container.dir) this.container.dir = directionOf(text);
    this.#open += text;
    for (const node of this.#tail) (node as ChildNode).remove();
    this.#tail = [];
    this.#draw(complete);
  }

  #draw(complete: boolean): void {
    const source = insertMarks(this.#open, this.#offset, this.#marks, complete);
    const prefix = this.#continued?.kind === "table" ? this.#continued.header : "";
    const tokens = lex(prefix + source, this.#links);
    let last = tokens.length - 1;
    while (last > 0 && tokens[last]?.type === "space") last--;
    tokens.forEach((token, index) => {
      if (complete || index < last) this.#finish(token);
      else if (index === last) this.#grow(token);
    });
  }

  /** A block that cannot change any more. */
  #finish(token: Token): void {
    const prefix = token.type === "table" && this.#continued?.kind === "table" ? this.#continued.header.length : 0;
    this.#place(token);
    this.#advance(token.raw.slice(prefix));
    if (token.type !== "space") this.#continued = null;
  }

  /** The last block: drawn, and drawn again when more arrives, except what of it is already certain. */
  #grow(token: Token): void {
    if (token.type === "code" && this.#beginFence()) return;
    if (token.type === "list" && this.#continueList(token as Tokens.List)) return;
    if (token.type === "table" && this.#continueTable(token as Tokens.Table)) return;
    this.#tail = this.#place(token);
  }

  /** Puts a block where it belongs: into the list or table it continues, else at the end. */
  #place(token: Token): Node[] {
    const context = this.#render();
    const continued = this.#continued;
    if (continued && token.type === "list" && continued.kind === kindOf(token as Tokens.List)) {
      return put(
        continued.element,
        (token as Tokens.List).items.map((item) => renderItem(item, context)),
      );
    }
    if (continued?.kind === "table" && token.type === "table") {
      return put(continued.element, rowsOf(token as Tokens.Table, context));
    }
    if (token.type !== "space") this.#continued = null;
    return put(this.container, renderBlocks([token], context));
  }

  #continueList(list: Tokens.List): boolean {
    const growing = list.items.at(-1);
    if (!growing || list.items.length < 2) return false;
    const context = this.#render();
    const kind = kindOf(list);
    if (this.#continued?.kind !== kind) {
      const element = renderList({ ...list, items: [] }, context);
      this.container.append(element);
      this.#continued = { kind, element, header: "" };
    }
    const { element } = this.#continued;
    const done = list.items.slice(0, -1);
    put(
      element,
      done.map((item) => renderItem(item, context)),
    );
    this.#advance(done.map((item) => item.raw).join(""));
    this.#tail = put(element, [renderItem(growing, context)]);
    return true;
  }

  #continueTable(table: Tokens.Table): boolean {
    if (table.rows.length < ROWS_AT_ONCE) return false;
    const context = this.#render();
    const lines = table.raw.split("\n");
    if (this.#continued?.kind !== "table") {
      const { box, body } = renderTable({ ...table, rows: [] }, context);
      const header = `${lines[0]}\n${lines[1]}\n`;
      this.container.append(box);
      this.#continued = { kind: "table", element: body, header };
      this.#advance(header);
    }
    const rows = put(this.#continued.element, rowsOf(table, context));
    this.#tail = rows.slice(-1);
    const done = lines.slice(2, 2 + rows.length - 1);
    this.#advance(done.map((line) => `${line}\n`).join(""));
    return true;
  }

  #beginFence(): boolean {
    const opening = /^ {0,3}(`{3,}|~{3,})([^\n]*)\n/.exec(this.#open);
    if (!opening) return false;
    const [head, marks = "", info] = opening;
    const closing = new RegExp(`^ {0,3}${marks.charAt(0)}{${marks.length},}[ \\t]*$`);
    const rest = this.#open.slice(head.length);
    if (rest.split("\n").some((line) => closing.test(line))) return false;
    const code = growingCode(info, this.#context);
    this.container.append(code.element);
    this.#continued = null;
    const fence = { code, closing, held: "", midLine: false };
    this.#fence = fence;
    this.#open = "";
    this.#offset += characters(head);
    this.#growFence(fence, rest, false);
    return true;
  }

  /** Appends to the open code; returns what follows its end, or null while it has none. */
  #growFence(fence: OpenFence, fresh: string, complete: boolean): string | null {
    const text = fence.held + fresh;
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      if (!fence.midLine && fence.closing.test(text.slice(from, end))) {
        fence.code.append(text.slice(0, from));
        return this.#endFence(fence, text, end + 1);
      }
      fence.midLine = false;
      from = end + 1;
    }
    const line = text.slice(from);
    if (complete) {
      const closed = !fence.midLine && fence.closing.test(line);
      fence.code.append(closed ? text.slice(0, from) : text);
      return this.#endFence(fence, text, text.length);
    }
    // A line that may become the closing one is held back until that is certain.
    const hold = !fence.midLine && /^ {0,3}[`~]*[ \t]*$/.test(line);
    fence.code.append(hold ? text.slice(0, from) : text);
    fence.held = hold ? line : "";
    fence.midLine = !hold && line !== "";
    this.#offset += characters(text) - fence.held.length;
    return null;
  }

  #endFence(fence: OpenFence, text: string, consumed: number): string {
    fence.code.finish();
    this.#fence = null;
    this.#offset += characters(text.slice(0, consumed));
    return text.slice(consumed);
  }

  #advance(raw: string): void {
    const source = withoutMarks(raw);
    this.#open = this.#open.slice(source.length);
    this.#offset += characters(source);
  }

  #render(): RenderContext {
    return { ...this.#context, groups: this.#marks.groups, outline: this.#outline };
  }
}

/** The direction of the first letter. `dir=auto` would look again, at the whole text, on every change. */
function directionOf(text: string): "" | "ltr" | "rtl" {
  const letter = /\p{L}/u.exec(text)?.[0];
  if (!letter) return "";
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(letter)
    ? "rtl"
    : "ltr";
}

function kindOf(list: Tokens.List): "ul" | "ol" {
  return list.ordered ? "ol" : "ul";
}

function rowsOf(table: Tokens.Table, context: RenderContext): Node[] {
  return [...renderTable(table, context).body.children];
}

function put(parent: HTMLElement, nodes: Node[]): Node[] {
  parent.append(...nodes);
  return nodes;
}
