/** What the fake backend keeps: conversations and their items. */
import type { InputContent, OutputText, Page, ThreadItem, WireThread } from "../wire/protocol";
import type { FakeThread } from "./chatkit-testing";
import { asGiven } from "./given";
import type { Ids } from "./ids";

export type Kept = Omit<WireThread, "items"> & { items: ThreadItem[] };

interface Paging {
  after?: unknown;
  limit?: unknown;
  order?: unknown;
}

const PAGE_SIZE = 20;

/** Thrown for what is not there. */
export class NotFound extends Error {}

export class Threads {
  readonly all: Kept[] = [];

  constructor(private readonly ids: Ids) {}

  begin(title?: string, id = this.ids.next("thr")): Kept {
    const thread: Kept = { id, created_at: this.ids.now(), items: [], ...(title ? { title } : {}) };
    this.all.push(thread);
    return thread;
  }

  /** One that is there from the beginning. */
  add({ id, title, items }: FakeThread): void {
    const thread = this.begin(title, id);
    for (const item of items) this.keep(thread, this.#item(item));
  }

  get(id: unknown): Kept {
    const thread = this.all.find((one) => one.id === id);
    if (!thread) throw new NotFound();
    return thread;
  }

  delete(id: unknown): void {
    this.all.splice(this.all.indexOf(this.get(id)), 1);
  }

  /** Adds an item, or puts it in the place of the one with its id. */
  keep(thread: Kept, item: ThreadItem): ThreadItem {
    const whole = { created_at: this.ids.now(), ...item, thread_id: thread.id };
    const at = thread.items.findIndex(({ id }) => id === item.id);
    thread.items.splice(at < 0 ? thread.items.length : at, at < 0 ? 0 : 1, whole);
    return whole;
  }

  #item(given: FakeThread["items"][number]): ThreadItem {
    if ("user" in given && typeof given.user === "string") {
      const content: InputContent[] = [{ type: "input_text", text: given.user }];
      return { id: this.ids.next("msg"), type: "user_message", content, attachments: [] };
    }
    if ("assistant" in given && typeof given.assistant === "string") {
      const content: OutputText[] = [{ type: "output_text", text: given.assistant, annotations: [] }];
      return { id: this.ids.next("msg"), type: "assistant_message", content };
    }
    return asGiven<ThreadItem>({ id: this.ids.next("msg"), ...given });
  }
}

/** A thread as it travels, with a page of its items, or with none of them. */
export function described({ items, ...thread }: Kept, withItems = false): WireThread {
  const page = withItems ? pageOf(items, { order: "asc", limit: items.length }) : { data: [], has_more: false };
  return { status: { type: "active" }, metadata: {}, ...thread, items: page };
}

/** A page of what was kept oldest first. */
export function pageOf<T extends { id: string }>(kept: readonly T[], { after, limit, order }: Paging): Page<T> {
  const all = order === "asc" ? [...kept] : [...kept].reverse();
  const start = after ? all.findIndex(({ id }) => id === after) + 1 : 0;
  const data = all.slice(start, start + (Number(limit) || PAGE_SIZE));
  const last = data.at(-1);
  const more = start + data.length < all.length;
  return { data, has_more: more, ...(more && last ? { after: last.id } : {}) };
}
