/** What changes inside moves to its new height, and what takes the place of something else fades in. */
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

class Moving extends Directive {
  #key: unknown;

  render(_key: unknown): unknown {
    return noChange;
  }

  /** Comes before its element's content is drawn: the one that is there still is the old one. */
  override update(part: ElementPart, [key]: [unknown]): unknown {
    const box = part.element;
    const before = box.firstElementChild;
    const other = key !== this.#key;
    this.#key = key;
    if (!before || matchMedia("(prefers-reduced-motion: reduce)").matches) return noChange;
    const { height } = before.getBoundingClientRect();
    queueMicrotask(() => {
      const now = box.firstElementChild;
      const to = now?.getBoundingClientRect().height ?? 0;
      if (!now || !height || !to) return;
      // A child of another type is a new element, which the style sheet lets fade in.
      if (other && now === before) now.animate({ opacity: [0, 1], translate: ["0 6px", "0 0"] }, TIMES);
      if (Math.abs(to - height) < 1) return;
      now.animate({ height: [`${height}px`, `${to}px`], overflow: ["clip", "clip"] }, TIMES);
    });
    return noChange;
  }
}

const TIMES = { duration: 250, easing: "ease-out" };

export const moving = directive(Moving);
