/** A message's text drawn in a DOM, at once or in pieces. */
import type { MarkdownContext } from "../markdown/context";
import { MarkdownView } from "../markdown/view";
import { TextPart } from "../state/text-part";
import { en } from "../translations/en";
import type { Annotation } from "../wire/protocol";

export const context: MarkdownContext = {
  strings: en,
  direction: "ltr",
  imageDomains: [],
  base: document.baseURI,
  onDeeplink: () => undefined,
  onEntity: () => undefined,
  copy: async () => true,
};

/** The elements of a whole text. */
export function drawn(text: string, annotations: Annotation[] = []): HTMLElement {
  const part = new TextPart({ type: "output_text", text, annotations });
  part.finish();
  const view = new MarkdownView();
  view.update(part, context);
  return view.container;
}

/** The elements of a text that came in these pieces, each drawn by itself. */
export function streamed(pieces: readonly string[]): HTMLElement {
  return viewed(pieces).container;
}

/** The view of a text that came in these pieces. */
export function viewed(pieces: readonly string[]): MarkdownView {
  const part = new TextPart();
  const view = new MarkdownView();
  for (const piece of pieces) {
    part.append(piece);
    view.update(part, context);
  }
  part.finish();
  view.update(part, context);
  return view;
}

/** Elements as text: those that are the same read the same, however their texts are divided into nodes. */
export function html(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  copy.normalize();
  return copy.outerHTML;
}

/** Numbers from 0 to 1 that only look random, the same ones each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `text` in pieces of 1 to `longest` units. */
export function cut(text: string, longest: number, random: () => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + Math.floor(random() * longest);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}
