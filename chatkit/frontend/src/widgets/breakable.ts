/** Long words with places to break at, which copied text does not show. */
import { html } from "lit";
import { pieces } from "./pieces";
import { string } from "./scope";

/** In a longer text no words are looked at one by one. */
const MAX_TEXT = 10_000;

export function breakable(value: unknown): unknown {
  const text = string(value);
  return text === undefined || text.length > MAX_TEXT
    ? text
    : pieces(text).map((piece, index) => (index ? html`<wbr />${piece}` : piece));
}
