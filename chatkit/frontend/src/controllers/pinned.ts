/** Keeps what was asked in sight while one reads a long answer to it: the last question, once it has left at the top. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Conversation } from "../state/conversation";
import type { Entry } from "../state/entry";

type Host = ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment; conversation: Conversation };

export class Pinned implements ReactiveController {
  /** The question that is out of sight above, else null. */
  entry: Entry | null = null;
  #last: Entry | null = null;
  #article: Element | null = null;
  #observer: IntersectionObserver | null = null;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#watch(null, null);
  }

  /** After each rendering: the scroller, and the last question, come and go. */
  hostUpdated(): void {
    const { host } = this;
    const last = host.conversation.thread.entries.findLast(
      ({ visible, item }) => visible && item.type === "user_message",
    );
    if (last && last === this.#last && this.#article?.isConnected) return;
    const article = last && host.renderRoot.querySelector(`[data-scroller] [data-id="${CSS.escape(last.id)}"]`);
    // Its words: what can be done with it stands below them.
    this.#watch(last ?? null, article?.querySelector(".bubble") ?? article ?? null);
  }

  toQuestion(): void {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#article?.closest("article")?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  #watch(last: Entry | null, article: Element | null): void {
    this.#observer?.disconnect();
    this.#observer = null;
    this.#last = last;
    this.#article = article;
    const root = article?.closest("[data-scroller]");
    if (!article || !root) {
      this.#set(null);
      return;
    }
    this.#observer = new IntersectionObserver(
      (seen) => {
        const now = seen.at(-1);
        const above = now && !now.isIntersecting && now.boundingClientRect.bottom <= (now.rootBounds?.top ?? 0) + 1;
        this.#set(above ? last : null);
      },
      { root },
    );
    this.#observer.observe(article);
  }

  #set(entry: Entry | null): void {
    if (entry === this.entry) return;
    this.entry = entry;
    this.host.requestUpdate();
  }
}
