/** Keeps the newest message in view for readers who are at the end, and leaves all others where they are. */
import type { ChatKitOptions } from "@openai/chatkit";
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment; options: ChatKitOptions };

const NEAR = 80;

export class Scroller implements ReactiveController {
  atEnd = true;
  #scroller: HTMLElement | null = null;
  #jump = true;
  #height = 0;
  #top = 0;
  readonly #size = new ResizeObserver(() => this.#grown());

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#size.disconnect();
    this.#scroller = null;
  }

  /** The next rendering ends at the newest message: a thread was opened, or something was asked. */
  follow(): void {
    this.#jump = true;
    this.#set(true);
  }

  toEnd(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: calm ? "auto" : "smooth" });
    this.#set(true);
  }

  /** After each rendering: the scroller comes and goes with the views. */
  updated(): void {
    const scroller = this.host.renderRoot.querySelector<HTMLElement>("[data-scroller]");
    if (scroller !== this.#scroller) {
      this.#size.disconnect();
      this.#scroller = scroller;
      this.#jump = true;
      if (scroller) {
        scroller.addEventListener("scroll", this.#scrolled, { passive: true });
        this.#size.observe(scroller);
        this.#size.observe(scroller.firstElementChild!);
      }
    }
    if (scroller && this.#jump) {
      scroller.scrollTop = scroller.scrollHeight;
      this.#jump = false;
      this.#remember();
    }
  }

  #grown(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    if (this.atEnd && this.host.options.thread?.autoScroll) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (this.#top < NEAR && this.#height && !this.atEnd) {
      // Older messages came in above: what was being read stays where it was.
      scroller.scrollTop += scroller.scrollHeight - this.#height;
    }
    this.#remember();
    this.#judge();
  }

  readonly #scrolled = () => {
    this.#remember();
    this.#judge();
  };

  #remember(): void {
    this.#height = this.#scroller?.scrollHeight ?? 0;
    this.#top = this.#scroller?.scrollTop ?? 0;
  }

  #judge(): void {
    const scroller = this.#scroller;
    if (scroller) this.#set(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR);
  }

  #set(atEnd: boolean): void {
    if (atEnd === this.atEnd) return;
    this.atEnd = atEnd;
    this.host.requestUpdate();
  }
}
