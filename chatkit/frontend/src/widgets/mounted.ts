/** Does something with an element once, when it has come into the page. */
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

class Mounted extends Directive {
  #done = false;

  render(_use: (element: HTMLElement) => void): unknown {
    return noChange;
  }

  override update(part: ElementPart, [use]: [(element: HTMLElement) => void]): unknown {
    if (!this.#done) requestAnimationFrame(() => part.element.isConnected && use(part.element as HTMLElement));
    this.#done = true;
    return noChange;
  }
}

export const mounted = directive(Mounted);
