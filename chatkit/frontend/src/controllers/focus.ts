/** Keeps the focus inside the chat when what had it goes away, as a button that did its work. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & { shadowRoot: ShadowRoot | null };

export class Focus implements ReactiveController {
  #focused: Element | null = null;
  /** How many wishes wait for the next drawing; they come before the rule. */
  #asked = 0;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostUpdate(): void {
    this.#focused = this.host.shadowRoot?.activeElement ?? null;
  }

  hostUpdated(): void {
    const lost = this.#focused && !this.#focused.isConnected && !this.host.shadowRoot?.activeElement;
    if (lost && !this.#asked) this.#first(this.#main());
  }

  /** Where a person goes on. */
  toMain(): void {
    this.to(...this.#main());
  }

  /** The first of the selectors that is there gets the focus, once everything is drawn. */
  to(...selectors: string[]): void {
    this.#asked++;
    void this.host.updateComplete.then(() => {
      this.#asked--;
      this.#first(selectors);
    });
  }

  /** On a touch screen that is not the field: it would open the keyboard. */
  #main(): string[] {
    const touch = matchMedia("(pointer: coarse)").matches;
    return [...(touch ? [] : ["textarea.input:enabled"]), "[data-scroller]", ".frame"];
  }

  #first(selectors: string[]): void {
    for (const selector of selectors) {
      const target = this.host.shadowRoot?.querySelector<HTMLElement>(selector);
      if (!target) continue;
      target.focus({ preventScroll: true });
      return;
    }
  }
}
