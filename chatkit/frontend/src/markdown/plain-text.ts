/** Text as it is written, in pieces of a bounded length: a character more costs the same at any length. */
import { make } from "./dom";

/** A piece ends with a line once it is so long, and in the middle of one that is twice as long. */
const PIECE = 2000;

export class PlainText {
  readonly element: HTMLElement;
  #last: Text | null = null;

  /** `word` says why, where it is no matter of course. */
  constructor(word?: string) {
    const why = word ? make("p", { class: "plain-word" }, word) : null;
    this.element = make("div", { class: "plain", part: "plain-text" }, why);
  }

  append(text: string): void {
    for (let from = 0; from < text.length; ) {
      const last = this.#last ?? this.#begin();
      const room = 2 * PIECE - last.length;
      let to = Math.min(from + room, text.length);
      const line = text.indexOf("\n", Math.max(from, from + PIECE - last.length));
      const ends = line >= 0 && line < to;
      if (ends) to = line;
      // Half of a character waits for the other one.
      else if (to < text.length && isHalf(text, to)) to--;
      last.appendData(text.slice(from, to));
      if (ends || to - from >= room - 1) this.#last = null;
      from = ends ? to + 1 : to;
    }
  }

  #begin(): Text {
    this.#last = document.createTextNode("");
    this.element.append(make("div", { dir: "auto" }, this.#last));
    return this.#last;
  }
}

function isHalf(text: string, at: number): boolean {
  return /[\ud800-\udbff]/.test(text.charAt(at - 1));
}
