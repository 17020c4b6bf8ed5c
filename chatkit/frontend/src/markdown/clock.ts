/** The time that drawing takes: of one text, and of all that are drawn at once. */
import { MAX_TIME, MAX_TIME_TOGETHER } from "./budget";

/** What the texts took that were drawn since the page last came to do something else. */
let together = 0;

export class Clock {
  readonly #begun = performance.now();

  get over(): boolean {
    const took = performance.now() - this.#begun;
    return took > MAX_TIME || together + took > MAX_TIME_TOGETHER;
  }

  stop(): void {
    if (!together) {
      setTimeout(() => {
        together = 0;
      });
    }
    together += performance.now() - this.#begun;
  }
}
