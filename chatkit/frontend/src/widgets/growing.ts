/** A text that is being written: each piece fades in as it comes. */
import { html, noChange } from "lit";
import { Directive, directive } from "lit/directive.js";
import { breakable } from "./breakable";

/** Older pieces are joined, so that a long text is no long list. */
const MOST = 40;

class Growing extends Directive {
  #text = "";
  #pieces: string[] = [];

  render(text: string): unknown {
    if (text === this.#text) return noChange;
    const grown = text.startsWith(this.#text);
    this.#pieces = grown ? [...this.#pieces, text.slice(this.#text.length)] : [text];
    if (this.#pieces.length > MOST) {
      const old = this.#pieces.splice(0, MOST / 2).join("");
      this.#pieces.unshift(old);
    }
    this.#text = text;
    return this.#pieces.map((piece) => html`<span class="w-piece">${breakable(piece)}</span>`);
  }
}

export const growing = directive(Growing);
