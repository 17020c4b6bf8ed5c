/** Long words with places to break at, which copied text does not show. */
import { html } from "lit";
import { pieces } from "./pieces";
import { string } from "./scope";

export function breakable(value: unknown): unknown {
  const text = string(value);
  return text === undefined ? text : pieces(text).map((piece, index) => (index ? html`<wbr />${piece}` : piece));
}
