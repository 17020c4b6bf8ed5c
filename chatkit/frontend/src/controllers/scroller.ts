/** Keeps the newest message in view for readers who are at the end, and leaves all others where they are. */
import type { ChatKitOptions } from "@openai/chatkit";
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & {
  renderRoot: HTMLElement | DocumentFragment;
  options: ChatKitOptions;
  conversation: { loadingEarlier: boolean };
};

const NEAR = 80;
/** Nearer than this is there: where the field below gets lower, the text moves, and nobody goes up. */
const AT = 4;

export class Scroller implements ReactiveController {
  atEnd = true;
  /** Who goes up at all wants to stay there, however near the end is. */
  #following = true;
  #scroller: HTMLElement | null = null;
  #top = 0;
  #jump = true;
  #anchor: HTMLElement | null = null;
  #anchorTop = 0;
  #loading = false;
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
    this.#following = true;
    this.#set(true);
  }

  toEnd(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: calm ? "auto" : "smooth" });
    this.#following = true;
    this.#set(true);
  }

  /** Before a rendering: remembers where the first message is while older ones are on their way. */
  hostUpdate(): void {
    if (!this.host.conversation.loadingEarlier && !this.#loading) return;
    this.#loading = this.host.conversation.loadingEarlier;
    this.#anchor = this.#scroller?.querySelector<HTMLElement>("article") ?? null;
    this.#anchorTop = this.#anchor?.offsetTop ?? 0;
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
        if (scroller.firstElementChild) this.#size.observe(scroller.firstElementChild);
      }
    }
    if (scroller && this.#jump) {
      this.#put(scroller, scroller.scrollHeight);
      this.#jump = false;
    } else if (scroller && this.#anchor?.isConnected) {
      // Older messages came in above: what was being read stays where it was.
      const moved = this.#anchor.offsetTop - this.#anchorTop;
      if (moved > 0) this.#put(scroller, scroller.scrollTop + moved);
    }
    this.#anchor = null;
  }

  #grown(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    // The reader went up, and the browser has not told so yet.
    if (scroller.scrollTop < this.#top) this.#scrolled();
    if (this.atEnd && this.#following && this.host.options.thread?.autoScroll)
      this.#put(scroller, scroller.scrollHeight);
    else this.#set(isNear(scroller));
  }

  /** What moves from here on is the reader's doing. */
  #put(scroller: HTMLElement, top: number): void {
    scroller.scrollTop = top;
    this.#top = scroller.scrollTop;
  }

  /** Only who scrolls up leaves the end: what grows below a reader at the end is followed. */
  readonly #scrolled = () => {
    const scroller = this.#scroller;
    if (!scroller) return;
    const up = scroller.scrollTop < this.#top;
    const down = scroller.scrollTop > this.#top;
    this.#top = scroller.scrollTop;
    if (up) this.#following = below(scroller) < AT;
    else if (down && (this.atEnd || isNear(scroller))) this.#following = true;
    if (up || isNear(scroller)) this.#set(isNear(scroller));
  };

  #set(atEnd: boolean): void {
    if (atEnd === this.atEnd) return;
    this.atEnd = atEnd;
    this.host.requestUpdate();
  }
}

function isNear(scroller: HTMLElement): boolean {
  return below(scroller) < NEAR;
}

function below(scroller: HTMLElement): number {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}
