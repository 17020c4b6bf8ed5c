/** The list's own requests: see `chatkit/threads/views.py`. */
import type { Client } from "../wire/client";

export interface Row {
  id: string;
  title: string;
  /** The beginning of the last message. */
  line: string;
  place: "pinned" | "list" | "archive";
  answering: boolean;
  updated_at: string;
}

export interface Piece {
  text: string;
  hit?: boolean;
}

export interface Hit {
  thread: Row;
  /** Null where the title has what was searched for. */
  item_id: string | null;
  title: Piece[];
  passage: Piece[];
}

export interface Page<T> {
  pinned?: Row[];
  data: T[];
  after: string | null;
}

export type Action = "pin" | "unpin" | "archive" | "unarchive" | "delete" | "restore";

/** As many as one request may name. */
const AT_ONCE = 100;

export class Remote {
  constructor(private readonly client: Client) {}

  page(archived: boolean, after: string | null): Promise<Page<Row>> {
    return this.client.get(`/threads?${query({ archived: archived ? "1" : "", after: after ?? "" })}`);
  }

  /** The first page, that nobody waits for. */
  first(): Promise<Page<Row>> {
    return this.client.get("/threads", undefined, true);
  }

  search(words: string, after: string | null, signal: AbortSignal): Promise<Page<Hit>> {
    return this.client.get(`/threads/search?${query({ q: words, after: after ?? "" })}`, signal);
  }

  now(): Promise<{ answering: string[]; used_at: string | null }> {
    return this.client.get("/threads/now", undefined, true);
  }

  /** The ids of those that changed, and for how long a deletion can be taken back. */
  async act(action: Action, ids: readonly string[]): Promise<{ ids: string[]; undo_seconds?: number }> {
    const changed: string[] = [];
    let last: { ids: string[]; undo_seconds?: number } = { ids: [] };
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      last = await this.client.post("/threads", { action, ids: ids.slice(start, start + AT_ONCE) });
      changed.push(...last.ids);
    }
    return { ...last, ids: changed };
  }

  async rename(id: string, title: string): Promise<void> {
    await this.client.call("threads.update", { thread_id: id, title });
  }
}

function query(values: Record<string, string>): string {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
}
