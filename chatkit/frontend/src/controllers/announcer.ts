/** Says sentences to assistive technology, through one polite live region. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export class Announcer implements ReactiveController {
  /** What the region holds. */
  text = "";
  #timer = 0;
  /** What is said when the timer is over. */
  #waiting: string[] = [];

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  say(text: string): void {
    // The same sentence twice in a row is only spoken again when the region was empty in between.
    this.#put("");
    clearTimeout(this.#timer);
    if (!this.#waiting.includes(text)) this.#waiting.push(text);
    this.#timer = window.setTimeout(() => this.#put(this.#waiting.splice(0).join(" ")), 60);
  }

  #put(text: string): void {
    this.text = text;
    this.host.requestUpdate();
  }
}
