/** The tree of blocks. It grows at its open end; what is closed stays as it is. */

/** A line of a block; `at` is the number of its first character in the whole message. */
export interface Line {
  text: string;
  at: number;
}

export type BlockType =
  | "document"
  | "quote"
  | "list"
  | "item"
  | "paragraph"
  | "heading"
  | "code"
  | "html"
  | "formula"
  | "table"
  | "row"
  | "rule";

export type Align = "left" | "center" | "right" | null;

/** How a list's items are marked; another marker begins another list. */
export interface Marker {
  ordered: boolean;
  start: number;
  /** The bullet, or what follows the number. */
  sign: string;
}

export interface Fence {
  sign: string;
  length: number;
  indent: number;
  info: string;
}

const LEAVES = new Set<BlockType>(["paragraph", "heading", "code", "html", "formula", "row", "rule"]);

export class Block {
  open = true;
  children: Block[] = [];
  lines: Line[] = [];
  /** The last line of it was blank. */
  blank = false;
  readonly nesting: number;
  /** Headings: 1 to 6. */
  depth = 0;
  /** Lists: a blank line stands between their items or between the blocks of one. */
  loose = false;
  marker: Marker | null = null;
  /** Items: how far their text is indented. */
  indent = 0;
  /** Code between fences, other code is indented. */
  fence: Fence | null = null;
  /** HTML and formulas: what ends them; blank lines end HTML that has none. */
  ending: RegExp | null = null;
  align: Align[] = [];
  /** Rows: a line for each cell, its pieces where an escaped bar was taken out. */
  cells: Line[][] = [];

  constructor(
    public type: BlockType,
    readonly parent: Block | null,
  ) {
    this.nesting = parent ? parent.nesting + 1 : 0;
  }

  get last(): Block | undefined {
    return this.children[this.children.length - 1];
  }

  /** Takes its lines as they are. */
  get verbatim(): boolean {
    return this.type === "code" || this.type === "html" || this.type === "formula";
  }

  holds(type: BlockType): boolean {
    if (this.type === "list") return type === "item";
    if (this.type === "table") return type === "row";
    return !LEAVES.has(this.type) && type !== "item" && type !== "row";
  }

  /** A blank line follows its text. */
  get endsBlank(): boolean {
    if (this.blank) return true;
    return (this.type === "list" || this.type === "item") && (this.last?.endsBlank ?? false);
  }
}
