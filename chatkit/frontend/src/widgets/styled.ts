/** Sets style properties one by one: a `style=` attribute would be refused by a strict content policy. */
import { noChange } from "lit";
import { Directive, directive, type ElementPart, type PartInfo, PartType } from "lit/directive.js";

export type Styles = Record<string, string | null | undefined>;

class Styled extends Directive {
  #set = new Set<string>();

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error("styled() belongs on an element.");
  }

  render(_styles: Styles): unknown {
    return noChange;
  }

  override update(part: ElementPart, [styles]: [Styles]): unknown {
    const { style } = part.element as HTMLElement;
    for (const name of this.#set) if (!styles[name]) style.removeProperty(name);
    this.#set.clear();
    for (const [name, value] of Object.entries(styles)) {
      if (!value || !harmless(value)) continue;
      style.setProperty(name, value);
      this.#set.add(name);
    }
    return noChange;
  }
}

/** Nothing that could fetch or that has no place in a single value. */
function harmless(value: string): boolean {
  return value.length < 200 && !/url|image|src\s*\(|expression|[;{}\\@<>]/i.test(value);
}

export const styled = directive(Styled);
