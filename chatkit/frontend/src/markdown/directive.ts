/** Markdown in Lit templates: of a part that grows by itself, and of a text that is given. */
import { noChange } from "lit";
import { AsyncDirective } from "lit/async-directive.js";
import { directive } from "lit/directive.js";
import { TextPart } from "../state/text-part";
import type { Cited, MarkdownContext } from "./context";
import { MarkdownView } from "./view";

class StreamedMarkdown extends AsyncDirective {
  #view = new MarkdownView();
  #part: TextPart | null = null;
  #stop: (() => void) | null = null;
  #frame = 0;
  #redraw: () => void = () => undefined;
  #shown = false;

  render(part: TextPart, context: MarkdownContext, cited?: Cited[]): unknown {
    this.#redraw = () => {
      this.#frame = 0;
      this.#view.update(part, context, cited);
    };
    if (part !== this.#part) {
      this.#stop?.();
      this.#part = part;
      this.#listen(part);
    }
    this.#redraw();
    if (this.#shown) return noChange;
    this.#shown = true;
    return this.#view.container;
  }

  protected override disconnected(): void {
    this.#stop?.();
    this.#stop = null;
  }

  protected override reconnected(): void {
    if (this.#part) this.#listen(this.#part);
    this.#redraw();
  }

  #listen(part: TextPart): void {
    this.#stop = part.listen(() => {
      // However many deltas a frame brings, they are drawn once. A hidden page has no frames and needs none.
      // What the latest render gave is drawn then: its sources, not those of the render before.
      if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#redraw());
    });
  }
}

class GivenMarkdown extends AsyncDirective {
  #view = new MarkdownView();
  #part = new TextPart();
  #text = "";
  #shown = false;

  render(text: string, context: MarkdownContext, complete = true): unknown {
    if (text.startsWith(this.#text)) this.#part.append(text.slice(this.#text.length));
    else this.#part.replace({ type: "output_text", text });
    this.#text = text;
    if (complete) this.#part.finish();
    this.#view.update(this.#part, context);
    if (this.#shown) return noChange;
    this.#shown = true;
    return this.#view.container;
  }
}

export const streamed = directive(StreamedMarkdown);
export const markdown = directive(GivenMarkdown);
