/** Keeps the composer above an on-screen keyboard that covers the page instead of shrinking it. */
import type { ReactiveController } from "lit";

export class Keyboard implements ReactiveController {
  constructor(private readonly host: HTMLElement & { renderRoot: HTMLElement | DocumentFragment }) {}

  hostConnected(): void {
    window.visualViewport?.addEventListener("resize", this.#measure);
    window.visualViewport?.addEventListener("scroll", this.#measure);
  }

  hostDisconnected(): void {
    window.visualViewport?.removeEventListener("resize", this.#measure);
    window.visualViewport?.removeEventListener("scroll", this.#measure);
  }

  readonly #measure = () => {
    const frame = this.host.renderRoot.querySelector<HTMLElement>(".frame");
    const viewport = window.visualViewport;
    if (!frame || !viewport) return;
    // Zoomed in with two fingers, the viewport is small for another reason; and a chat that begins
    // above the end of the window and ends below it is covered by nothing.
    const visibleEnd = viewport.offsetTop + viewport.height;
    const open = viewport.scale <= 1.01 && document.documentElement.clientHeight - visibleEnd > 40;
    const covered = open ? this.host.getBoundingClientRect().bottom - visibleEnd : 0;
    const inside = Math.min(Math.max(0, covered), this.host.clientHeight * 0.7);
    frame.style.setProperty("--_keyboard", inside > 40 ? `${Math.round(inside)}px` : "0px");
  };
}
