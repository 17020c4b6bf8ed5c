/** The list's own requests: see `chatkit/threads/views.py`. */
import type { Client } from "../wire/client";
import { storable } from "../wire/storable";

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

export interface Done {
  /** The ids of those that changed. */
  ids: string[];
  /** For how long a deletion can be taken back. */
  undo_seconds?: number;
  /** Those that were not come to, since the server refused before, and why. */
  left: readonly string[];
  thrown?: unknown;
}

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
    return this.client.get(`/threads/search?${query({ q: storable(words), after: after ?? "" })}`, signal);
  }

  now(): Promise<{ answering: string[]; used_at: string | null }> {
    return this.client.get("/threads/now", undefined, true);
  }

  /** Rejects where the first request fails; a later one that fails leaves what those before it have done. */
  async act(action: Action, ids: readonly string[]): Promise<Done> {
    const changed: string[] = [];
    let last: Omit<Done, "left"> = { ids: [] };
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      try {
        last = await this.client.post("/threads", { action, ids: ids.slice(start, start + AT_ONCE) });
      } catch (thrown) {
        if (start === 0) throw thrown;
        return { ...last, ids: changed, left: ids.slice(start), thrown };
      }
      changed.push(...last.ids);
    }
    return { ...last, ids: changed, left: [] };
  }

  async rename(id: string, title: string): Promise<void> {
    await this.client.call("threads.update", { thread_id: id, title });
  }
}

function query(values: Record<string, string>): string {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();
}
