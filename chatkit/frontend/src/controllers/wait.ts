/** Counts the seconds down that a server asked for. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ApiError } from "../wire/api-error";

/** Seconds. A longer wait is told by the error's own sentence. */
const LONGEST = 3600;

export class Wait implements ReactiveController {
  seconds = 0;
  #timer = 0;
  /** By a clock that nobody can set. */
  #until = 0;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }

  hostConnected(): void {
    if (this.seconds) this.#begin();
  }

  /** Starts counting where the error says how long to wait. */
  after(error: ApiError): void {
    if (!error?.retryAfter || error.retryAfter > LONGEST) return;
    this.#until = performance.now() + error.retryAfter * 1000;
    this.#begin();
  }

  #begin(): void {
    clearInterval(this.#timer);
    this.#timer = window.setInterval(() => this.#tick(), 250);
    this.#tick();
  }

  #tick(): void {
    const left = Math.max(0, Math.ceil((this.#until - performance.now()) / 1000));
    if (left === 0) clearInterval(this.#timer);
    if (left === this.seconds) return;
    this.seconds = left;
    this.host.requestUpdate();
  }
}
