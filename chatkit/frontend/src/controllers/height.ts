/** Marks the element as short (`data-short`), where bars have to leave room for the messages: a keyboard counts. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

const SHORT = 320; // pixels

export class Height implements ReactiveController {
  #frame: Element | null = null;
  /** Of the frame: what a keyboard covers is padding there. */
  readonly #observer = new ResizeObserver(([entry]) => {
    const height = entry?.contentRect.height ?? 0;
    if (height) this.host.toggleAttribute("data-short", height < SHORT);
  });

  constructor(private readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostUpdated(): void {
    const frame = this.host.shadowRoot?.querySelector(".frame");
    if (!frame || frame === this.#frame) return;
    this.#frame = frame;
    this.#observer.observe(frame);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    this.#frame = null;
  }
}
