/** What is known of something named, in a small box beside it: on hover, focus and touch. */
import type { Entity } from "@openai/chatkit";
import { make } from "../markdown/dom";
import { plain } from "../plain";
import type { Ui } from "../views/ui";
import type { WidgetNode } from "../wire/protocol";

const PATIENCE = 250; // milliseconds that a pointer rests on a name before anything is asked

export class Preview {
  readonly element = make("div", {
    class: "preview",
    part: "entity-preview",
    role: "tooltip",
    id: "preview",
    hidden: "",
  });
  #anchor: Element | null = null;
  #asked = 0;

  constructor(
    private readonly ui: Ui,
    private readonly draw: (root: WidgetNode, box: HTMLElement) => Promise<void>,
  ) {}

  get anchor(): Element | null {
    return this.#anchor;
  }

  shows(anchor: Element): boolean {
    return anchor === this.#anchor && !this.element.hidden;
  }

  /** Shows what the page knows of an entity above `anchor`; nothing where it knows nothing. */
  async show(anchor: Element, entity: Entity, patience = PATIENCE): Promise<boolean> {
    const ask = this.ui.options.entities?.onRequestPreview;
    if (!ask) return false;
    if (anchor === this.#anchor) return true;
    this.hide();
    const asked = this.#asked;
    this.#anchor = anchor;
    if (patience) await new Promise((resolve) => setTimeout(resolve, patience));
    if (asked !== this.#asked) return false;
    const box = make("div");
    let drawn = false;
    try {
      const { preview } = (await ask(plain(entity))) ?? {};
      if (preview) {
        await this.draw(plain(preview) as WidgetNode, box);
        drawn = true;
      }
    } catch {
      // Without a preview there is still the name.
    }
    if (asked !== this.#asked) return false;
    if (!drawn || !anchor.isConnected) {
      this.#anchor = null;
      return false;
    }
    this.element.replaceChildren(box);
    this.element.hidden = false;
    anchor.setAttribute("aria-describedby", "preview");
    this.#place(anchor);
    return true;
  }

  hide(): void {
    this.#asked++;
    this.#anchor?.removeAttribute("aria-describedby");
    this.#anchor = null;
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  /** Above the name, or below it where there is no room; never out of the frame. */
  #place(anchor: Element): void {
    const frame = this.element.offsetParent?.getBoundingClientRect();
    if (!frame) return;
    const name = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const above = name.top - frame.top - height - 6;
    const left = Math.max(8, Math.min(name.left - frame.left, frame.width - width - 8));
    this.element.style.setProperty("left", `${left}px`);
    this.element.style.setProperty("top", `${above >= 4 ? above : name.bottom - frame.top + 6}px`);
  }
}
