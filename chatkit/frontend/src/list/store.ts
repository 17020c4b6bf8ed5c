/** What the list knows: its rows, and what was searched for. No DOM. */
import { type ApiError, fromHost } from "../wire/api-error";
import type { Action, Done, Hit, Page, Remote, Row } from "./remote";

/** Conversations as they stood in the list, to be put back where the server refuses, or the person thinks better. */
export interface Taken {
  ids: readonly string[];
  rows: Row[];
  /** Those that a search had found, each with its place. */
  hits: { hit: Hit; at: number }[];
  query: string;
}

const PLACES = { pin: "pinned", unpin: "list", archive: "archive", unarchive: "list" } as const;

export class Store {
  /** Those of the view that is shown, in their order. */
  rows: Row[] = [];
  archived = false;
  /** Where the next page begins; null when all are here. */
  after: string | null = null;
  loading = false;
  loaded = false;
  error: ApiError | null = null;
  query = "";
  hits: Hit[] = [];
  hitsAfter: string | null = null;
  searching = false;
  #round = 0;
  /** Rows that were changed from here: a page that was asked for before the server said so is behind the times. */
  readonly #changedIn = new Map<string, number>();
  #search: AbortController | null = null;

  /** `unknown`: the server has no such list. */
  constructor(
    private readonly remote: Remote,
    private readonly changed: () => void,
    private readonly unknown: () => void,
  ) {}

  has(id: string): boolean {
    return this.rows.some((row) => row.id === id);
  }

  row(id: string): Row | undefined {
    return this.rows.find((row) => row.id === id) ?? this.hits.find(({ thread }) => thread.id === id)?.thread;
  }

  /** Those of the list, the last used one first; undefined where the archive is shown. */
  get recent(): Row[] | undefined {
    const at = (row: Row) => Date.parse(row.updated_at);
    return this.archived ? undefined : [...this.rows].sort((one, other) => at(other) - at(one));
  }

  /** Reads from the beginning; what is shown stays until it is here. */
  async show(archived = this.archived): Promise<void> {
    if (archived !== this.archived || !this.loaded) this.rows = [];
    this.archived = archived;
    this.after = null;
    await this.#read(null);
  }

  async more(): Promise<void> {
    if (this.after !== null && !this.loading) await this.#read(this.after);
  }

  /** Reads the first page again: what it has comes first, what is behind it stays. */
  async refresh(): Promise<void> {
    if (!this.loaded || this.archived || this.loading) return;
    const round = ++this.#round;
    try {
      const page = this.#current(await this.remote.first(), round);
      if (round !== this.#round) return;
      this.rows = joined(this.rows, page);
      if (this.after === null || !page.after) this.after = page.after;
      this.error = null;
    } catch {
      return; // the next time will do
    } finally {
      this.changed();
    }
  }

  async search(query: string): Promise<void> {
    this.query = query;
    this.#search?.abort();
    this.#search = null;
    this.hitsAfter = null;
    this.error = null;
    this.searching = isSearch(query);
    if (!this.searching) this.hits = [];
    this.changed();
    if (this.searching) await this.#find(null);
  }

  async moreHits(): Promise<void> {
    if (this.hitsAfter !== null && !this.searching) {
      this.searching = true;
      await this.#find(this.hitsAfter);
    }
  }

  /** Carries out at once what is asked, and again the other way where the server refuses: null where it refuses all. */
  async act(action: Action, ids: readonly string[]): Promise<(Done & { taken: Taken }) | null> {
    const before = this.#taken(ids);
    const { archived } = this;
    this.#put(action, ids);
    this.#mark(ids, Number.POSITIVE_INFINITY);
    this.error = null;
    this.changed();
    try {
      const done = await this.remote.act(action, ids);
      this.#mark(ids);
      this.#refused(before, done.left, done.thrown);
      this.#join(action, before, done.ids);
      // The other view was read while it was not certain what has come to that.
      if (archived !== this.archived) void this.show();
      return { ...done, taken: { ...before, ids: done.ids } };
    } catch (thrown) {
      this.#refused(before, ids, thrown);
      return null;
    } finally {
      this.changed();
    }
  }

  /** Takes back what was deleted: the ids that are there again, and those for which the server could not be asked. */
  async restore(taken: Taken): Promise<Pick<Done, "ids" | "left">> {
    this.error = null;
    try {
      const { ids, left, thrown } = await this.remote.act("restore", taken.ids);
      if (left.length) this.#failed(thrown);
      this.#mark(ids);
      this.#putBack(taken, ids);
      // Another search was made without them.
      if (taken.query !== this.query && isSearch(this.query)) void this.search(this.query);
      return { ids, left };
    } catch (thrown) {
      this.#failed(thrown);
      return { ids: [], left: taken.ids };
    } finally {
      this.changed();
    }
  }

  async rename(id: string, title: string): Promise<boolean> {
    const rows = this.#allOf(id);
    const before = rows.map((row) => row.title);
    const hit = this.hits.find(({ thread }) => thread.id === id);
    const found = hit?.title;
    const wanted = title.trim();
    if (!rows.length || !wanted) return false;
    for (const row of rows) row.title = wanted;
    if (hit) hit.title = [{ text: wanted }];
    this.#mark([id], Number.POSITIVE_INFINITY);
    this.changed();
    try {
      await this.remote.rename(id, wanted);
      this.#mark([id]);
      return true;
    } catch (thrown) {
      this.#mark([id], 0);
      for (const [index, row] of rows.entries()) row.title = before[index] ?? "";
      if (hit && found) hit.title = found;
      this.#failed(thrown);
      this.changed();
      return false;
    }
  }

  /** A conversation goes on now, in this tab: it is the last used one. */
  used(id: string, title: string): void {
    if (!this.loaded || this.archived) return;
    const known = this.rows.find((row) => row.id === id);
    const now = new Date().toISOString();
    const row: Row = { id, title, line: "", place: "list", answering: true, updated_at: now };
    this.rows = sorted([{ ...row, ...known, updated_at: now }, ...this.rows.filter((other) => other.id !== id)]);
  }

  /** Those that another tab has deleted or archived. */
  drop(ids: readonly string[]): void {
    this.#mark(ids);
    this.rows = this.rows.filter((row) => !ids.includes(row.id));
    this.hits = this.hits.filter(({ thread }) => !ids.includes(thread.id));
  }

  answering(ids: readonly string[]): void {
    for (const row of this.rows) row.answering = ids.includes(row.id);
  }

  mark(id: string, on: boolean): void {
    const row = this.row(id);
    if (row) row.answering = on;
  }

  /** A conversation may stand among the rows and among what was found. */
  #allOf(id: string): Row[] {
    return [...this.rows, ...this.hits.map(({ thread }) => thread)].filter((row) => row.id === id);
  }

  #taken(ids: readonly string[]): Taken {
    const rows = this.rows.filter((row) => ids.includes(row.id));
    const hits = this.hits.flatMap((hit, at) => (ids.includes(hit.thread.id) ? { hit, at } : []));
    return { ids, rows, hits, query: this.query };
  }

  /** Puts back these of what was taken, and nothing else: the list may have changed, or show another view by now. */
  #putBack({ rows, hits, query }: Taken, ids: readonly string[]): void {
    const back = rows.filter(({ id, place }) => ids.includes(id) && (place === "archive") === this.archived);
    const there = back.map((row) => {
      const now = this.rows.find(({ id }) => id === row.id);
      return now ? { ...now, place: row.place } : row;
    });
    this.rows = sorted([...this.rows.filter((row) => !there.some(({ id }) => id === row.id)), ...there]);
    if (query !== this.query) return;
    for (const { hit, at } of hits) {
      if (!ids.includes(hit.thread.id)) continue;
      const others = this.hits.filter(({ thread }) => thread.id !== hit.thread.id);
      this.hits = [...others.slice(0, at), hit, ...others.slice(at)];
    }
  }

  #refused(before: Taken, ids: readonly string[], thrown: unknown): void {
    if (!ids.length) return;
    this.#putBack(before, ids);
    this.#mark(ids, 0);
    this.#failed(thrown);
  }

  #put(action: Action, ids: readonly string[]): void {
    if (action === "delete" || action === "archive" || action === "unarchive") this.drop(ids);
    else if (action !== "restore") {
      const placed = (row: Row) => (ids.includes(row.id) ? { ...row, place: PLACES[action] } : row);
      this.rows = sorted(this.rows.map(placed));
      this.hits = this.hits.map((hit) => ({ ...hit, thread: placed(hit.thread) }));
    }
  }

  /** What a search had found, and belongs into the view that is shown now, may be none of its rows yet. */
  #join(action: Action, { hits }: Taken, ids: readonly string[]): void {
    if (action === "delete" || action === "restore") return;
    const place = PLACES[action];
    if ((place === "archive") !== this.archived) return;
    const oldest = this.after === null ? 0 : Date.parse(this.rows.at(-1)?.updated_at ?? "");
    const joining = hits
      .map(({ hit }) => ({ ...hit.thread, place }) satisfies Row)
      .filter(({ id }) => ids.includes(id) && !this.has(id))
      // One that is older than what was read so far comes with its page.
      .filter(({ updated_at }) => place === "pinned" || Date.parse(updated_at) >= oldest);
    this.rows = sorted([...this.rows, ...joining]);
  }

  #mark(ids: readonly string[], round = this.#round): void {
    for (const id of ids) this.#changedIn.set(id, round);
  }

  /** A page as it would be if it were asked for now: rows changed since then are as they are here, or gone. */
  #current(page: Page<Row>, round: number): Page<Row> {
    const current = (rows: Row[]) =>
      rows.flatMap((row) =>
        (this.#changedIn.get(row.id) ?? 0) < round ? row : this.rows.filter(({ id }) => id === row.id),
      );
    const { pinned, data } = page;
    return { ...page, data: current(data), ...(pinned && { pinned: current(pinned) }) };
  }

  async #read(after: string | null): Promise<void> {
    const round = ++this.#round;
    const { archived } = this;
    this.loading = true;
    this.error = null;
    this.changed();
    try {
      const page = this.#current(await this.remote.page(archived, after), round);
      if (round !== this.#round) return;
      const known = new Set(after === null ? [] : this.rows.map(({ id }) => id));
      const fresh = [...(page.pinned ?? []), ...page.data].filter(({ id }) => !known.has(id));
      this.rows = after === null ? fresh : [...this.rows, ...fresh];
      this.after = page.after;
      this.loaded = true;
    } catch (thrown) {
      if (round !== this.#round) return;
      const error = fromHost(thrown, "unknown");
      if (!this.loaded && (error.status === 404 || error.status === 405)) {
        this.unknown();
        return;
      }
      this.error = error;
    }
    this.loading = false;
    this.changed();
  }

  async #find(after: string | null): Promise<void> {
    const search = new AbortController();
    this.#search = search;
    this.changed();
    try {
      const page = await this.remote.search(this.query.trim(), after, search.signal);
      if (search !== this.#search) return;
      const known = new Set(after === null ? [] : this.hits.map(({ thread }) => thread.id));
      const fresh = page.data.filter(({ thread }) => !known.has(thread.id));
      this.hits = after === null ? fresh : [...this.hits, ...fresh];
      this.hitsAfter = page.after;
    } catch (thrown) {
      if (search !== this.#search) return;
      this.hits = [];
      this.#failed(thrown);
    }
    this.searching = false;
    this.changed();
  }

  #failed(thrown: unknown): void {
    this.error = fromHost(thrown, "unknown");
  }
}

/** One Latin letter begins nearly everything. */
export function isSearch(query: string): boolean {
  const words = query.trim();
  return words.length > 1 || /[^\0-\x7f]/.test(words);
}

function sorted(rows: Row[]): Row[] {
  const rank = (row: Row) => (row.place === "pinned" ? 0 : 1);
  const at = (row: Row) => Date.parse(row.updated_at);
  return rows.sort((one, other) => rank(one) - rank(other) || at(other) - at(one));
}

/** The first page as it is now, and behind it what was read before. */
function joined(rows: readonly Row[], page: Page<Row>): Row[] {
  const first = [...(page.pinned ?? []), ...page.data];
  const known = new Set(first.map(({ id }) => id));
  const oldest = Date.parse(page.data.at(-1)?.updated_at ?? "");
  // Of the stretch that was read again, what is not in it any more is gone.
  const rest = page.after
    ? rows.filter((row) => row.place === "list" && !known.has(row.id) && Date.parse(row.updated_at) < oldest)
    : [];
  return [...first, ...rest];
}
