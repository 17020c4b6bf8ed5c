/** Keeps what was asked in sight while one reads: the question of the answer at the top, once it has left there. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Conversation } from "../state/conversation";
import type { Entry } from "../state/entry";

type Host = ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment; conversation: Conversation };

/** The height of a pinned line: a question that is under it counts as out of sight. */
const LINE = 48;
/** What stays above a question that one goes to. */
const ABOVE = 12;
/** Below the screen nothing leaves, however far one jumps: so each that passes the line is told of. */
const ENDLESS = 10_000_000;

export class Pinned implements ReactiveController {
  /** The question that is out of sight above, else null. */
  entry: Entry | null = null;
  #scroller: Element | null = null;
  #drawn = "";
  /** The words of each question, in order: what can be done with it stands below them. */
  #questions = new Map<Element, Entry>();
  /** How much of each stands below the line: -1 once it has left at the top. */
  #seen = new Map<Element, number>();
  #observer: IntersectionObserver | null = null;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#watch(null);
  }

  /** After each rendering: the scroller, and questions, come and go. */
  hostUpdated(): void {
    const scroller = this.host.renderRoot.querySelector("[data-scroller]");
    if (scroller !== this.#scroller) this.#watch(scroller);
    const { entries } = this.host.conversation.thread;
    const drawn = `${entries.length} ${entries[0]?.key} ${entries.at(-1)?.key}`;
    if (scroller === null || drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#find(scroller, entries);
  }

  toQuestion(): void {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const words = [...this.#questions].find(([, entry]) => entry === this.entry)?.[0];
    if (!words || !this.#scroller) return;
    const by = words.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top - ABOVE;
    this.#scroller.scrollBy({ top: by, behavior: calm ? "auto" : "smooth" });
  }

  #watch(scroller: Element | null): void {
    this.#observer?.disconnect();
    this.#scroller = scroller;
    this.#drawn = "";
    this.#questions.clear();
    this.#seen.clear();
    this.#set(null);
    this.#observer =
      scroller &&
      new IntersectionObserver((seen) => this.#passed(seen), {
        root: scroller,
        rootMargin: `-${LINE}px 0px ${ENDLESS}px`,
        threshold: [0, 1],
      });
  }

  #find(scroller: Element, entries: readonly Entry[]): void {
    const known = new Map(entries.map((entry) => [entry.id, entry]));
    const before = this.#questions;
    this.#questions = new Map();
    for (const article of scroller.querySelectorAll<HTMLElement>(".user[data-id]")) {
      const entry = known.get(article.dataset.id ?? "");
      const words = article.querySelector(".bubble") ?? article;
      if (!entry) continue;
      this.#questions.set(words, entry);
      if (!before.delete(words)) this.#observer?.observe(words);
    }
    for (const words of before.keys()) {
      this.#observer?.unobserve(words);
      this.#seen.delete(words);
    }
    this.#choose();
  }

  #passed(seen: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, intersectionRatio } of seen) {
      this.#seen.set(target, isIntersecting ? intersectionRatio : -1);
    }
    this.#choose();
  }

  /** The last one that has left, unless the next one is just leaving. */
  #choose(): void {
    let found: Entry | null = null;
    for (const [words, entry] of this.#questions) {
      const below = this.#seen.get(words) ?? 1;
      if (below < 0) found = entry;
      else {
        if (below < 0.99) found = null;
        break;
      }
    }
    this.#set(found);
  }

  #set(entry: Entry | null): void {
    if (entry === this.entry) return;
    this.entry = entry;
    this.host.requestUpdate();
  }
}
