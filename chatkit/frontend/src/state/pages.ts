/** Reads the items of a thread: the newest first, and page by page what came before. */
import type { Client } from "../wire/client";
import type { Page, ThreadItem, WireThread } from "../wire/protocol";

const PAGE = 100;

interface Found {
  items: ThreadItem[];
  /** Where what came before these begins; null where nothing did. */
  earlier: string | null;
}

/** A thread with its newest items, and its live run. */
export async function newest(client: Client, id: string): Promise<Found & { value: WireThread; run: string | null }> {
  const { value, run } = await client.call<WireThread>("threads.get_by_id", { thread_id: id });
  if (!value.items?.has_more) return { value, run, items: value.items?.data ?? [], earlier: null };
  // The thread comes with its oldest items; what people want to see are the newest.
  return { value, run, ...(await before(client, id, null)) };
}

/** The items before a place, oldest first; null: before the end. */
export async function before(client: Client, id: string, place: string | null): Promise<Found> {
  const params = { thread_id: id, limit: PAGE, order: "desc", ...(place ? { after: place } : {}) };
  const { value } = await client.call<Page<ThreadItem>>("items.list", params);
  return { items: value.data.reverse(), earlier: value.has_more ? (value.after ?? null) : null };
}
