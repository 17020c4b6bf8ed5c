/** Long questions are folded. Whether one is too long for this screen is known once it is laid out. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment };

/** A fold that hides less than this, in pixels, hides nothing. */
const NOTHING = 8;

export class Folding implements ReactiveController {
  /** The width at which each was looked at. */
  readonly #seen = new WeakMap<Element, number>();
  readonly #size = new ResizeObserver(() => this.hostUpdated());
  #watched: Element | null = null;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#size.disconnect();
    this.#watched = null;
  }

  /** After each rendering, and where the width changes. */
  hostUpdated(): void {
    const log = this.host.renderRoot.querySelector("[data-scroller]");
    if (log !== this.#watched) {
      this.#size.disconnect();
      this.#watched = log;
      if (log) this.#size.observe(log);
    }
    for (const bubble of log?.querySelectorAll<HTMLElement>(".fold:not(.unfolded)") ?? []) {
      const width = log?.clientWidth ?? 0;
      if (!width || this.#seen.get(bubble) === width) continue;
      this.#seen.set(bubble, width);
      bubble.removeAttribute("data-fits");
      bubble.toggleAttribute("data-fits", bubble.scrollHeight - bubble.clientHeight < NOTHING);
    }
  }
}
