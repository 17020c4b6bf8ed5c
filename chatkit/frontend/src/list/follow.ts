/** Keeps the list true: of what happens in this tab, in others, and elsewhere. */
import type { ConversationList } from "./list";
import type { Remote } from "./remote";
import type { News } from "./tabs";

/** Milliseconds between two questions to the server: while an answer is being written somewhere, and else. */
const SOON = 5_000;
const LATER = 60_000;
const TOGETHER = 300; // changes that come so close are read once

export class Follow {
  #timer = 0;
  #reading = 0;
  /** The conversation that is answering in this tab. */
  #busy: string | null = null;
  #running = false;

  constructor(
    private readonly list: ConversationList,
    private readonly remote: Remote,
  ) {}

  begin(): void {
    if (this.#running) return;
    this.#running = true;
    // An element that was out of the page has heard nothing meanwhile.
    if (this.list.store.loaded) this.#readSoon();
    document.addEventListener("visibilitychange", this.#visible);
    this.list.ui.addEventListener("chatkit.response.end", this.#ended);
    this.#wait();
  }

  end(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#reading);
    document.removeEventListener("visibilitychange", this.#visible);
    this.list.ui.removeEventListener("chatkit.response.end", this.#ended);
  }

  /** The element was drawn anew: an answer may have begun or ended. */
  went(): void {
    const { ui, store, tabs } = this.list;
    const { conversation } = ui;
    const { id, title, temporary } = conversation.thread;
    const busy = conversation.busy && !temporary ? id : null;
    if (busy === this.#busy) return;
    if (this.#busy) tabs.tell({ kind: "answering", id: this.#busy, on: false });
    if (busy) {
      store.used(busy, title ?? "");
      tabs.tell({ kind: "answering", id: busy, on: true });
      if (!store.row(busy)) tabs.tell({ kind: "changed" });
    }
    this.#busy = busy;
  }

  heard(news: News): void {
    const { list } = this;
    // What came while the element was being taken out is for nobody.
    if (!this.#running) return;
    if (news.kind === "gone") {
      list.store.drop(news.ids);
      list.ui.history.told(news.ids, true, list.store.recent);
      const { conversation } = list.ui;
      // Deleted elsewhere: what is left of it here is said when it is asked for.
      if (conversation.threadId !== null && news.ids.includes(conversation.threadId)) void conversation.refresh();
      list.update();
    } else if (news.kind === "answering" && list.store.has(news.id)) {
      list.store.mark(news.id, news.on);
      list.update();
      if (!news.on) this.#readSoon();
      this.#wait();
    } else {
      if (news.kind === "changed") {
        if (news.back) list.ui.history.told(news.back, false);
        if (news.titled) this.#titled(news.titled);
      }
      this.#readSoon();
    }
  }

  /** The list reads it by itself; what stands elsewhere is told. */
  #titled({ id, title }: { id: string; title: string }): void {
    const { conversation, history } = this.list.ui;
    if (conversation.thread.id === id) conversation.thread.title = title;
    history.retitled(id, title);
  }

  readonly #ended = () => {
    this.list.tabs.tell({ kind: "changed" });
    this.#readSoon();
  };

  readonly #visible = () => {
    if (document.visibilityState === "visible") void this.#ask();
  };

  #readSoon(): void {
    clearTimeout(this.#reading);
    this.#reading = window.setTimeout(() => void this.list.store.refresh(), TOGETHER);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (!this.#running) return;
    const { rows } = this.list.store;
    const soon = rows.some((row) => row.answering && row.id !== this.#busy);
    this.#timer = window.setTimeout(() => void this.#ask(), soon ? SOON : LATER);
  }

  /** Asks what is going on elsewhere; only for who can see it. */
  async #ask(): Promise<void> {
    const { list } = this;
    const { store } = list;
    if (document.visibilityState === "visible" && list.shown && store.loaded && list.ui.online) {
      try {
        const { answering, used_at } = await this.remote.now();
        store.answering(answering);
        const newest = Math.max(...store.rows.map((row) => Date.parse(row.updated_at)), 0);
        if (used_at && Date.parse(used_at) > newest) await store.refresh();
        list.update();
      } catch {
        // The next time will do.
      }
    }
    this.#wait();
  }
}
