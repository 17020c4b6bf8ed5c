/** Applies the theme again whenever something it depends on may have changed. */
import type { ChatKitOptions } from "@openai/chatkit";
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { applyTheme, loadFonts } from "../theme";

type Host = ReactiveControllerHost &
  HTMLElement & { renderRoot: HTMLElement | DocumentFragment; options: ChatKitOptions };

export class ThemeController implements ReactiveController {
  #frame = 0;
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  // Pages switch schemes by an attribute or a class of an ancestor; custom properties tell nobody.
  readonly #ancestors = new MutationObserver(() => this.#soon());

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#scheme.addEventListener("change", this.#soon);
    for (let node: Element | null = this.host; node; node = node.parentElement) {
      this.#ancestors.observe(node, { attributes: true });
    }
    this.#soon();
  }

  hostDisconnected(): void {
    this.#scheme.removeEventListener("change", this.#soon);
    this.#ancestors.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  update(): void {
    if (!this.host.isConnected) return;
    const frame = this.host.renderRoot?.querySelector<HTMLElement>(".frame");
    const probe = frame?.querySelector<HTMLElement>(".probe");
    if (!frame || !probe) return;
    loadFonts(this.host.options);
    applyTheme(frame, probe, this.host.options);
  }

  readonly #soon = () => {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.update();
      // A page that fades between schemes reports colours on their way: look once more when they have arrived.
      setTimeout(() => this.update(), 350);
    });
  };
}
