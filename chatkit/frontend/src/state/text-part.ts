/** A part of an assistant's message that grows: appending and reading what is new cost the same at any length. */
import type { Annotation, OutputText } from "../wire/protocol";

export class TextPart {
  annotations: Annotation[] = [];
  /** Raised whenever the text was not merely appended to: start over. */
  revision = 0;
  /** Raised whenever a source came or changed. */
  noted = 0;
  /** False while more text may come. */
  complete = false;
  #chunks: string[] = [];
  /** The first half of a character whose second half comes in the next piece. */
  #half = "";
  #listeners = new Set<() => void>();

  constructor(content?: OutputText) {
    if (content) this.replace(content);
  }

  /** The number of pieces so far, the cursor for `since`. */
  get pieces(): number {
    return this.#chunks.length;
  }

  get text(): string {
    return this.#chunks.join("");
  }

  /** The text that arrived after the first `pieces` pieces. */
  since(pieces: number): string {
    return this.#chunks.slice(pieces).join("");
  }

  append(delta: string): void {
    const text = this.#half + delta;
    const whole = /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
    this.#half = text.slice(whole);
    if (!whole) return;
    this.#chunks.push(text.slice(0, whole));
    this.#changed();
  }

  /** Takes the server's whole part; a part without annotations keeps those that were streamed. */
  replace(content: OutputText): void {
    const text = typeof content.text === "string" ? content.text : "";
    const annotations =
      Array.isArray(content.annotations) && content.annotations.length ? content.annotations : this.annotations;
    const same = JSON.stringify(annotations) === JSON.stringify(this.annotations);
    if (text !== this.text + this.#half) {
      this.#chunks = text ? [text] : [];
      this.#half = "";
      this.revision++;
    }
    if (!same) this.noted++;
    this.annotations = annotations;
    this.#changed();
  }

  annotate(index: number, annotation: Annotation): void {
    if (index < this.annotations.length && equal(this.annotations[index], annotation)) return;
    if (index >= this.annotations.length) this.annotations.push(annotation);
    else this.annotations.splice(index, 0, annotation);
    this.noted++;
    this.#changed();
  }

  finish(): void {
    if (this.complete) return;
    this.complete = true;
    if (this.#half) this.#chunks.push(this.#half);
    this.#half = "";
    this.#changed();
  }

  /** Calls back on each change, synchronously; the returned function ends that. */
  listen(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  #changed(): void {
    for (const callback of this.#listeners) callback();
  }
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
