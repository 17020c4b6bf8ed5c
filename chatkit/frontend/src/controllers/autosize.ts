/** Lets the composer grow with its text in browsers that cannot do so by `field-sizing`. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment };

const BUILT_IN = CSS.supports("field-sizing", "content");

export class Autosize implements ReactiveController {
  #text: string | null = null;
  /** The list of conversations takes the composer's place, and a new field comes after it. */
  #field: HTMLTextAreaElement | null = null;

  constructor(private readonly host: Host) {
    if (!BUILT_IN) host.addController(this);
  }

  hostUpdated(): void {
    const field = this.host.renderRoot.querySelector<HTMLTextAreaElement>("textarea.input");
    if (!field || (field === this.#field && field.value === this.#text)) return;
    this.#field = field;
    this.#text = field.value;
    field.style.setProperty("height", "auto");
    field.style.setProperty("height", `${field.scrollHeight}px`);
  }
}
