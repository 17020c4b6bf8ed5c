/** The list of the person's threads. */

import { type Last, ownStartScreen } from "../options";
import { type ApiError, fromHost } from "../wire/api-error";
import type { Page, WireThread } from "../wire/protocol";
import { type Host, report } from "./host";

const PAGE = 50;

export class History {
  open = false;
  threads: WireThread[] = [];
  loading = false;
  /** Cursor of the next page, null when all are here. */
  after: string | null = null;
  query = "";
  error: ApiError | null = null;
  /** The thread whose title is being edited, or whose removal waits for a yes. */
  renaming: string | null = null;
  deleting: string | null = null;
  /** Set where something else shows the list, and reads it. */
  elsewhere = false;
  #calls = 0;
  /** The page that is being read. */
  #reading: Promise<void> = Promise.resolve();
  #left: Last | null = null;
  /** Others of the list, for when that one is gone. */
  #others: readonly Last[] = [];
  /** Titles that were given since. */
  readonly #titles = new Map<string, string>();
  readonly #removed = new Set<string>();

  constructor(private readonly host: Host) {}

  /** The conversation to go on with: that which was left for a new one, else the page's. */
  get last(): Last | null {
    if (this.#removed.has("*")) return null;
    const all = [this.#left, ownStartScreen(this.host.options).last, ...this.#others];
    const last = all.find((one) => one && !this.#removed.has(one.id));
    return last ? { id: last.id, title: this.#titles.get(last.id) ?? last.title } : null;
  }

  /** This conversation makes room for a new one. */
  leave({ id, title, temporary }: { id: string | null; title: string | null; temporary: boolean }): void {
    if (!id || temporary) return;
    this.#left = { id, title: title ?? "" };
    this.#titles.delete(id);
    this.#removed.delete("*");
  }

  /** Another server has other conversations. */
  reset(): void {
    this.hide();
    this.#calls++;
    this.threads = [];
    this.after = this.error = this.#left = null;
    this.loading = false;
    this.#others = [];
    this.#titles.clear();
    this.#removed.clear();
  }

  /** It has another title now. */
  retitled(id: string, title: string): void {
    this.#titles.set(id, title);
    this.host.changed();
  }

  /** These, or with "*" all, were deleted in another list, or are there again; `others` are left in it, newest first. */
  told(ids: readonly string[], deleted: boolean, others: readonly Last[] = this.#others): void {
    this.#others = others;
    for (const id of ids) {
      if (deleted && id === "*") this.#forgetAll();
      if (deleted) this.#removed.add(id);
      else this.#removed.delete(id);
    }
    this.host.changed();
  }

  /** The page's own was among them, also once another conversation was left for a new one. */
  #forgetAll(): void {
    const { last } = ownStartScreen(this.host.options);
    if (last) this.#removed.add(last.id);
    this.#left = null;
    this.#others = [];
  }

  get shown(): WireThread[] {
    const words = fold(this.query).split(/\s+/).filter(Boolean);
    if (!words.length) return this.threads;
    return this.threads.filter((thread) => {
      const title = fold(thread.title ?? this.host.strings.untitled);
      return words.every((word) => title.includes(word));
    });
  }

  async show(): Promise<void> {
    if (this.open) return;
    this.open = true;
    this.query = "";
    this.host.emit("chatkit.history.open");
    this.host.changed();
    if (!this.elsewhere) await this.reload();
  }

  hide(): void {
    if (!this.open) return;
    this.open = false;
    this.renaming = this.deleting = null;
    this.host.emit("chatkit.history.close");
    this.host.changed();
  }

  async reload(): Promise<void> {
    this.threads = [];
    this.after = null;
    await this.#page();
    await this.#rest();
  }

  async more(): Promise<void> {
    if (this.after !== null && !this.loading) await this.#page();
  }

  /** Titles can only be searched here, so a search reads the rest of the list. */
  async search(query: string): Promise<void> {
    this.query = query;
    this.host.changed();
    await this.#rest();
  }

  async rename(id: string, title: string): Promise<boolean> {
    const thread = this.threads.find((candidate) => candidate.id === id);
    const before = thread?.title;
    this.renaming = null;
    if (!thread || !title.trim() || title.trim() === before) {
      this.host.changed();
      return false;
    }
    thread.title = title.trim();
    this.host.changed();
    return this.#try(
      () => this.host.client.call("threads.update", { thread_id: id, title: title.trim() }),
      () => (thread.title = before),
    );
  }

  async remove(id: string): Promise<boolean> {
    const gone = this.threads.find((thread) => thread.id === id);
    this.deleting = null;
    this.threads = this.threads.filter((thread) => thread.id !== id);
    this.#others = this.threads.map((thread) => ({ id: thread.id, title: thread.title ?? "" }));
    this.#removed.add(id);
    this.host.changed();
    return this.#try(
      () => this.host.client.call("threads.delete", { thread_id: id }),
      () => {
        if (gone) this.#putBack(gone);
        this.#removed.delete(id);
      },
    );
  }

  /** Among those of the same time, and nothing else: others may have gone meanwhile, and it may have been read again. */
  #putBack(thread: WireThread): void {
    const others = this.threads.filter(({ id }) => id !== thread.id);
    const at = others.findIndex(({ created_at }) => Date.parse(created_at) <= Date.parse(thread.created_at));
    const place = at < 0 ? others.length : at;
    this.threads = [...others.slice(0, place), thread, ...others.slice(place)];
  }

  /** Reads what a search looks through and is not here yet, be it the first page. */
  async #rest(): Promise<void> {
    const { query } = this;
    while (this.open && this.query === query && query.trim()) {
      if (this.loading) await this.#reading;
      else if (this.after !== null && !this.error) await this.#page();
      else return;
    }
  }

  #page(): Promise<void> {
    this.#reading = this.#read();
    return this.#reading;
  }

  async #read(): Promise<void> {
    const call = ++this.#calls;
    this.loading = true;
    this.error = null;
    this.host.changed();
    try {
      const { value } = await this.host.client.call<Page<WireThread>>("threads.list", {
        limit: PAGE,
        order: "desc",
        ...(this.after ? { after: this.after } : {}),
      });
      if (call !== this.#calls) return;
      const known = new Set(this.threads.map(({ id }) => id));
      this.threads = [...this.threads, ...value.data.filter(({ id }) => !known.has(id))];
      this.after = value.has_more ? (value.after ?? null) : null;
    } catch (thrown) {
      if (call !== this.#calls) return;
      this.#failed(thrown);
    }
    this.loading = false;
    this.host.changed();
  }

  async #try(request: () => Promise<unknown>, undo: () => void): Promise<boolean> {
    try {
      await request();
      return true;
    } catch (thrown) {
      undo();
      this.#failed(thrown);
      this.host.changed();
      return false;
    }
  }

  #failed(thrown: unknown): void {
    this.error = fromHost(thrown, "unknown");
    report(this.host, this.error);
  }
}

/** Letters with a stroke, a hook or no single capital, which no normal form takes apart. */
const LETTERS: Record<string, string> = {
  æ: "ae",
  ð: "d",
  ø: "o",
  þ: "th",
  đ: "d",
  ħ: "h",
  ı: "i",
  ł: "l",
  ŋ: "n",
  œ: "oe",
  ŧ: "t",
  ß: "ss",
  ς: "σ",
  ة: "ه",
  ى: "ي",
  "’": "'",
};

/** Case, accents and the width of letters do not matter to who searches. */
function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\p{M}\u0640\u200b-\u200f]/gu, "")
    .toLowerCase()
    .replace(/[^\0-\x7f]/g, (letter) => LETTERS[letter] ?? letter);
}
