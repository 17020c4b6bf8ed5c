/** Says for a while, where the person writes, why what they did had no effect. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

const SECONDS = 6;

export class Hint implements ReactiveController {
  text = "";
  #timer = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly announce: (text: string) => void,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.clear();
  }

  say(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.clear(), SECONDS * 1000);
    this.#put(text);
    this.announce(text);
  }

  clear(): void {
    clearTimeout(this.#timer);
    if (this.text) this.#put("");
  }

  #put(text: string): void {
    this.text = text;
    this.host.requestUpdate();
  }
}
