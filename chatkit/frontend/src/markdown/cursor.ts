/** A place in a line, counted in characters and in columns: a tab reaches to the next fourth column. */

const NOT_SPACE = /[^ \t]|$/g;

export class Cursor {
  offset = 0;
  column = 0;
  /** The next character that is no space, and its column. */
  next = 0;
  #nextColumn = 0;
  /** Columns of a tab at `offset` that are left of it. */
  #partial = 0;

  constructor(readonly text: string) {
    this.look();
  }

  /** Columns of space before the next character. */
  get indent(): number {
    return this.#nextColumn - this.column;
  }

  get blank(): boolean {
    return this.next >= this.text.length;
  }

  /** So much that the line would be code. */
  get indented(): boolean {
    return this.indent >= 4;
  }

  get rest(): string {
    return " ".repeat(this.#partial) + this.text.slice(this.#partial ? this.offset + 1 : this.offset);
  }

  /** The text from the next character on. */
  get trimmed(): string {
    return this.text.slice(this.next);
  }

  look(): void {
    NOT_SPACE.lastIndex = this.offset;
    this.next = NOT_SPACE.exec(this.text)?.index ?? this.text.length;
    let column = this.column;
    for (let at = this.offset; at < this.next; at++) {
      if (this.text.charAt(at) !== "\t") column++;
      else column += at === this.offset && this.#partial ? this.#partial : 4 - (column % 4);
    }
    this.#nextColumn = column;
  }

  /** Goes over what precedes the next character. */
  toNext(): void {
    this.offset = this.next;
    this.column = this.#nextColumn;
    this.#partial = 0;
  }

  skip(characters: number): void {
    for (let left = characters; left > 0 && this.offset < this.text.length; left--) this.#step(4);
    this.look();
  }

  skipColumns(columns: number): void {
    const target = this.column + columns;
    while (this.column < target && this.offset < this.text.length) this.#step(target - this.column);
    this.look();
  }

  /** Over one space or tab, where there is one. */
  skipSpace(): void {
    if (/[ \t]/.test(this.text.charAt(this.offset))) this.skipColumns(1);
  }

  #step(columns: number): void {
    if (this.text.charAt(this.offset) !== "\t") {
      this.column++;
      this.offset++;
      return;
    }
    const width = this.#partial || 4 - (this.column % 4);
    const took = Math.min(width, columns);
    this.column += took;
    this.#partial = width - took;
    if (!this.#partial) this.offset++;
  }
}
