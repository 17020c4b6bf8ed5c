/** Marks the element as short (`data-short`), where bars have to leave room for the messages. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

const SHORT = 320; // pixels

export class Height implements ReactiveController {
  readonly #observer = new ResizeObserver(([entry]) => {
    const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
    if (height) this.host.toggleAttribute("data-short", height < SHORT);
  });

  constructor(private readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }
}
