/** The open thread and the reducer that applies the server's events to it. No DOM, no network. */
import {
  type ItemUpdate,
  type ServerEvent,
  TEMPORARY,
  type ThreadItem,
  type ThreadStatus,
  VERSIONS,
  type WireThread,
} from "../wire/protocol";
import { Entry, type Message } from "./entry";
import { updateWidget } from "./widget-update";

/** What an event changed: `text` is drawn by the message itself, the others need a new rendering. */
export type Change = "none" | "text" | "items";

export class Thread {
  id: string | null = null;
  title: string | null = null;
  status: ThreadStatus = { type: "active" };
  imageDomains: string[] = [];
  /** In no list, and gone with its session; of one that has not begun, whether it is to be. */
  temporary = false;
  /** There may be other versions of its answers and questions. */
  versions = false;
  entries: Entry[] = [];
  /** Cursor of the page before the first entry; null: the beginning is here. */
  earlier: string | null = null;
  #byId = new Map<string, Entry>();
  /** Ids that were finished when the thread was read: a replayed run must not begin them anew. */
  #settled = new Set<string>();

  entry(id: string): Entry | undefined {
    return this.#byId.get(id);
  }

  /** Whether something may be asked in it: the server refuses that where it is locked or closed. */
  get open(): boolean {
    return this.status.type === "active";
  }

  /** The last entry, but for questions that the server never took. */
  get last(): Entry | undefined {
    return this.entries.findLast(({ state }) => state !== "unsent");
  }

  /** Messages that the server does not have. */
  get messages(): Message[] {
    return this.entries.flatMap(({ message }) => message ?? []);
  }

  get streaming(): Entry[] {
    return this.entries.filter((entry) => entry.state === "streaming");
  }

  /** Whether a message that the server has came with this file. */
  holds(file: string): boolean {
    return this.entries.some(
      ({ item, message }) =>
        !message && item.type === "user_message" && item.attachments?.some(({ id }) => id === file),
    );
  }

  /** The user message that an item answers, the target of a retry. */
  questionOf(entry: Entry): Entry | undefined {
    const before = this.entries.slice(0, this.entries.indexOf(entry) + 1);
    return before.findLast(({ item, state }) => item.type === "user_message" && state === "done");
  }

  /** Takes what the server says the thread is; items that did not change keep their DOM. */
  load(thread: WireThread, items: ThreadItem[], earlier: string | null): void {
    this.describe(thread);
    const entries = items.map((item) => {
      const known = this.#byId.get(item.id);
      if (!known) return new Entry(item, "done");
      known.set(item, "done");
      return known;
    });
    const older = this.#olderThan(entries[0], earlier);
    this.#settled = new Set([...older, ...entries].map(({ id }) => id));
    this.entries = withUnsent(
      [...older, ...entries],
      this.entries.filter(({ state }) => state === "unsent"),
    );
    this.#byId = new Map(this.entries.map((entry) => [entry.id, entry]));
    if (!older.length) this.earlier = earlier;
  }

  /** What was read of earlier pages stays, where the newest one follows it still. */
  #olderThan(first: Entry | undefined, earlier: string | null): Entry[] {
    const at = first && earlier !== null ? this.entries.indexOf(first) : 0;
    return this.entries.slice(0, Math.max(0, at)).filter(({ state }) => state === "done");
  }

  /** Puts an older page before what is shown. */
  prepend(items: ThreadItem[], earlier: string | null): void {
    const fresh = items.filter((item) => !this.#byId.has(item.id)).map((item) => new Entry(item, "done"));
    for (const entry of fresh) this.#byId.set(entry.id, entry);
    this.entries = [...fresh, ...this.entries];
    this.earlier = earlier;
  }

  describe(thread: WireThread): void {
    this.id = thread.id;
    this.title = thread.title ?? null;
    this.status = thread.status ?? { type: "active" };
    this.imageDomains = thread.allowed_image_domains ?? [];
    this.temporary = thread.metadata?.[TEMPORARY] === true;
    this.versions ||= thread.metadata?.[VERSIONS] === true;
  }

  /** Shows an item that the server has not confirmed yet, or with `unsent` never took. */
  addLocal(item: ThreadItem, message: Message | null = null, state: "local" | "unsent" = "local"): Entry {
    const entry = new Entry(item, state);
    entry.message = message;
    this.#append(entry);
    return entry;
  }

  remove(id: string): boolean {
    const entry = this.#byId.get(id);
    if (!entry) return false;
    this.entries = this.entries.filter((other) => other !== entry);
    this.#byId.delete(id);
    return true;
  }

  /** Drops everything after an item: a retry deletes those without telling. */
  removeAfter(entry: Entry): void {
    const index = this.entries.indexOf(entry);
    const later = this.entries.slice(index + 1);
    const unsent = later.filter(({ state }) => state === "unsent");
    for (const { id } of later) this.#byId.delete(id);
    this.entries = this.entries.slice(0, index + 1);
    for (const own of unsent) this.#append(own);
  }

  /** Ends whatever still grows. */
  settle(): void {
    for (const entry of this.streaming) entry.setState("done");
    for (const { id } of this.entries) this.#settled.add(id);
  }

  /**
   * Applies one `thread.*` event. With `replay`, finished items are not begun again. An event of another shape than the
   * protocol's changes nothing: what comes after it is to be seen all the same.
   */
  apply(event: ServerEvent, replay = false): Change {
    try {
      return this.#apply(event, replay);
    } catch {
      return "none";
    }
  }

  #apply(event: ServerEvent, replay: boolean): Change {
    switch (event.type) {
      case "thread.created":
      case "thread.updated":
        this.describe(event.thread);
        return "items";
      case "thread.item.added":
        if (replay && this.#settled.has(event.item.id)) return "none";
        return this.#put(event.item, "streaming");
      case "thread.item.done":
        return this.#put(event.item, "done");
      case "thread.item.replaced":
        return this.#put(event.item, "done");
      case "thread.item.removed":
        return this.remove(event.item_id) ? "items" : "none";
      case "thread.item.updated": {
        const entry = this.#byId.get(event.item_id);
        if (!entry || (replay && this.#settled.has(entry.id) && entry.state !== "streaming")) return "none";
        return update(entry, event.update);
      }
      default:
        return "none";
    }
  }

  #put(item: ThreadItem, state: "streaming" | "done"): Change {
    const known = this.#byId.get(item.id) ?? (item.type === "user_message" ? this.#unconfirmed() : undefined);
    if (known) {
      this.#byId.delete(known.id);
      known.set(item, state);
      this.#byId.set(item.id, known);
    } else {
      this.#append(new Entry(item, state));
    }
    return "items";
  }

  #unconfirmed(): Entry | undefined {
    return this.entries.find((entry) => entry.state === "local" && entry.item.type === "user_message");
  }

  /** At the end, before questions that stay there; one of these is put behind the others. */
  #append(entry: Entry): void {
    const has = (id: string) => this.#byId.has(id);
    const last = entry.state === "unsent" ? [] : this.entries.filter((other) => staysLast(other, has));
    this.entries = [...this.entries.filter((other) => !last.includes(other)), entry, ...last];
    this.#byId.set(entry.id, entry);
  }
}

/** Puts questions that the server never took behind what they followed, but for those that it has after all. */
function withUnsent(entries: Entry[], unsent: Entry[]): Entry[] {
  const all = [...entries];
  for (const entry of unsent) {
    const at = all.findIndex(({ id }) => id === entry.message?.after);
    if (all.slice(at + 1).some((other) => saysTheSame(other, entry))) continue;
    let place = staysLast(entry, (id) => all.some((other) => other.id === id)) ? all.length : at + 1;
    while (all[place]?.state === "unsent") place++;
    all.splice(place, 0, entry);
  }
  return all;
}

/** Whether the server never took this question, and it has no place of its own: neither before nor after a reload. */
function staysLast({ state, message }: Entry, has: (id: string) => boolean): boolean {
  if (state !== "unsent" || !message) return false;
  const { after, edits } = message;
  // What it followed is gone, or the question is still there in whose place it was to be asked.
  return (after !== null && !has(after)) || (edits !== undefined && has(edits));
}

function saysTheSame({ item, state, text }: Entry, own: Entry): boolean {
  if (item.type !== "user_message" || state === "unsent") return false;
  const files = (item.attachments ?? []).map(({ id }) => id).join();
  return text.trim() === own.text.trim() && files === own.message?.input.attachments.join();
}

function update(entry: Entry, change: ItemUpdate): Change {
  const { item } = entry;
  switch (change.type) {
    case "assistant_message.content_part.added":
      entry.part(change.content_index).replace(change.content);
      return "items";
    case "assistant_message.content_part.text_delta": {
      const before = entry.version;
      entry.part(change.content_index).append(change.delta);
      return entry.version === before ? "text" : "items";
    }
    case "assistant_message.content_part.annotation_added":
      entry.part(change.content_index).annotate(change.annotation_index, change.annotation);
      entry.touch();
      return "items";
    case "assistant_message.content_part.done":
      entry.part(change.content_index).replace(change.content);
      break;
    case "workflow.task.added":
    case "workflow.task.updated":
      if (item.type !== "workflow") return "none";
      item.workflow = { ...item.workflow, tasks: [...(item.workflow.tasks ?? [])] };
      item.workflow.tasks[Math.min(change.task_index, item.workflow.tasks.length)] = change.task;
      break;
    case "generated_image.updated":
      if (item.type !== "generated_image") return "none";
      item.image = change.image;
      entry.imageProgress = change.progress;
      break;
    default:
      if (item.type !== "widget") return "none";
      item.widget = updateWidget(item.widget, change);
  }
  entry.touch();
  return "items";
}
