/** What can't be drawn takes nothing else down: something plain stands in its place. */
import { noChange } from "lit";
import { type ChildPart, Directive, directive } from "lit/directive.js";
import { clearPart, insertPart, setChildPartValue, setCommittedValue } from "lit/directive-helpers.js";

class Contained extends Directive {
  #inner: ChildPart | null = null;
  #before: readonly unknown[] | null = null;

  render(_dependencies: readonly unknown[] | null, draw: () => unknown, _instead: () => unknown): unknown {
    return draw();
  }

  override update(part: ChildPart, [dependencies, draw, instead]: Parameters<this["render"]>): unknown {
    if (dependencies && this.#before && same(dependencies, this.#before)) return noChange;
    this.#before = dependencies && [...dependencies];
    try {
      this.#set(part, draw());
    } catch {
      this.#inner = null;
      this.#set(part, instead());
    }
    return noChange;
  }

  #set(part: ChildPart, value: unknown): void {
    // What another template left, or what was half drawn, is of no use.
    if (!this.#inner) {
      clearPart(part);
      setCommittedValue(part);
      this.#inner = insertPart(part);
    }
    setChildPartValue(this.#inner, value);
  }
}

function same(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => Object.is(value, other[index]));
}

/**
 * Draws again when one of `dependencies` changes, always where they are null. `instead` gives what is drawn when `draw`,
 * or drawing what it gave, has failed.
 */
export const contained = directive(Contained);
