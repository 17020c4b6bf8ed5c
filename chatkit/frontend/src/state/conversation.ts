/** The open conversation: opens and reads threads, and sends everything that can be sent to one. */
import type { ReactiveController } from "lit";
import { ApiError } from "../wire/api-error";
import type { Page, ThreadItem, UserMessageInput, UserMessageItem, WireAttachment, WireThread } from "../wire/protocol";
import { type Answered, Answering } from "./answering";
import { ConversationState } from "./conversation-state";
import type { Entry } from "./entry";
import type { Host } from "./host";
import { localId } from "./ids";
import { Thread } from "./thread";

const PAGE = 100;

export class Conversation implements Answered, ReactiveController {
  thread = new Thread();
  readonly state: ConversationState;
  loadingEarlier = false;
  /** Called when a message was refused, so that the composer can have it back. */
  rejected: (input: UserMessageInput, attachments: WireAttachment[]) => void = () => undefined;

  /** Sends what the composer holds: how a refused message is tried again. */
  resend: () => void = () => undefined;
  readonly #answering: Answering;

  constructor(private readonly host: Host) {
    this.state = new ConversationState(host, () => void this.refresh());
    this.#answering = new Answering(host, this);
  }

  /** An element that is only moved is back before this asks: its answer goes on undisturbed. */
  hostDisconnected(): void {
    queueMicrotask(() => this.host.isConnected || this.#answering.abandon());
  }

  get busy(): boolean {
    return this.state.busy;
  }

  get threadId(): string | null {
    return this.thread.id;
  }

  /** Shows a thread, or with null the start screen. Never rejects: a failure is shown and reported. */
  async open(id: string | null): Promise<void> {
    this.#answering.leave();
    this.thread = new Thread();
    this.thread.id = id;
    this.host.emit("chatkit.thread.change", { threadId: id });
    if (id !== null) await this.#load(id);
    this.host.changed();
  }

  /** Reads the thread again; what did not change stays as it is. */
  async refresh(): Promise<void> {
    const { id } = this.thread;
    if (id === null || this.busy) return;
    if (this.state.failure?.opening) return this.#load(id);
    try {
      const run = await this.read(id);
      if (run && !this.busy) void this.#attach(run);
    } catch (error) {
      if (this.thread.id === id) this.state.fail(error, () => void this.refresh());
    }
    this.host.changed();
  }

  /** Picks up after the element was put back into the page. */
  async resume(): Promise<void> {
    if (this.state.phase === "idle") await this.refresh();
  }

  async loadEarlier(): Promise<void> {
    const { id, earlier } = this.thread;
    if (id === null || earlier === null || this.loadingEarlier) return;
    this.loadingEarlier = true;
    this.host.changed();
    try {
      let cursor: string | null = earlier;
      let found: ThreadItem[] = [];
      // Hidden items are left out of a page after it was cut: an empty one is not the end.
      while (!found.length && cursor !== null) {
        const after: { after?: string } = cursor ? { after: cursor } : {};
        const params = { thread_id: id, limit: PAGE, order: "desc", ...after };
        const page: Page<ThreadItem> = (await this.host.client.call<Page<ThreadItem>>("items.list", params)).value;
        if (this.thread.id !== id) return;
        found = page.data.reverse();
        cursor = page.has_more ? (page.after ?? null) : null;
        this.thread.prepend(found, cursor);
      }
    } catch (error) {
      this.state.fail(error, () => void this.loadEarlier());
    } finally {
      this.loadingEarlier = false;
      this.host.changed();
    }
  }

  /** Sends a message; resolves when the answer is over or has failed. */
  async send(input: UserMessageInput, attachments: WireAttachment[] = []): Promise<void> {
    this.state.mustBeFree();
    this.state.clear();
    const item: UserMessageItem = {
      type: "user_message",
      id: localId(),
      created_at: new Date().toISOString(),
      content: input.content,
      attachments,
      quoted_text: input.quoted_text,
    };
    const entry = this.thread.addLocal(item);
    const { id } = this.thread;
    await this.#answering.answer(
      (signal) =>
        id === null
          ? this.host.client.stream("threads.create", { input }, signal)
          : this.host.client.stream("threads.add_user_message", { thread_id: id, input }, signal),
      {
        refused: () => {
          this.thread.remove(entry.id);
          this.rejected(input, attachments);
        },
        again: () => void this.retry(entry),
        unconfirmed: () => entry.state === "local",
      },
    );
  }

  async retry(question: Entry): Promise<void> {
    this.state.mustBeFree();
    const { id } = this.thread;
    if (id === null) return;
    this.state.clear();
    this.thread.removeAfter(question);
    const params = { thread_id: id, item_id: question.id };
    await this.#answering.answer((signal) => this.host.client.stream("threads.retry_after_item", params, signal), {
      refused: () => void this.refresh(),
      again: () => void this.retry(question),
    });
  }

  /** Sends an action that answers with a stream. */
  async act(action: { type: string; payload?: Record<string, unknown> }, itemId?: string): Promise<void> {
    this.state.mustBeFree();
    const { id } = this.thread;
    if (id === null) throw new ApiError("no_thread", "An action needs a thread; send a message first.");
    this.state.clear();
    const params = { thread_id: id, ...(itemId ? { item_id: itemId } : {}), action };
    await this.#answering.answer((signal) => this.host.client.stream("threads.custom_action", params, signal), {
      refused: () => undefined,
      again: null,
    });
  }

  /** Sends an action that answers with the changed widget alone; allowed while an answer streams. */
  async actSync(action: { type: string; payload?: Record<string, unknown> }, itemId: string): Promise<void> {
    const { id } = this.thread;
    try {
      const { value } = await this.host.client.call<{ updated_item?: ThreadItem }>("threads.sync_custom_action", {
        thread_id: id,
        item_id: itemId,
        action,
      });
      if (value.updated_item && this.thread.id === id) {
        this.thread.apply({ type: "thread.item.replaced", item: value.updated_item });
      }
    } catch (error) {
      this.state.fail(error, null);
    }
    this.host.changed();
  }

  /** Answers, or skips, the questions of a structured input. */
  async answerQuestions(itemId: string, input: object): Promise<void> {
    this.state.mustBeFree();
    this.state.clear();
    const params = { thread_id: this.thread.id, item_id: itemId, input };
    await this.#answering.answer((signal) => this.host.client.stream("threads.add_structured_input", params, signal), {
      refused: () => undefined,
      again: null,
    });
  }

  /** Ends the answer that is on its way. */
  async stop(): Promise<void> {
    await this.#answering.stop();
  }

  /** Takes a failure off the screen. */
  dismiss(): void {
    this.state.failure = null;
    this.host.changed();
  }

  /** Shows a failure that happened outside the conversation (the first session, an upload). */
  fail(error: unknown, retry: (() => void) | null): void {
    this.state.fail(error, retry);
    this.host.changed();
  }

  async giveFeedback(entry: Entry, kind: "positive" | "negative"): Promise<void> {
    const before = entry.feedback;
    entry.feedback = kind;
    entry.touch();
    this.host.changed();
    try {
      await this.host.client.call("items.feedback", { thread_id: this.thread.id, item_ids: [entry.id], kind });
      this.host.announce(this.host.strings.feedbackThanks);
    } catch (error) {
      entry.feedback = before;
      entry.touch();
      this.state.fail(error, () => void this.giveFeedback(entry, kind));
    }
    this.host.changed();
  }

  async #load(id: string): Promise<void> {
    this.state.failure = null;
    this.state.phase = "loading";
    this.host.changed();
    this.host.emit("chatkit.thread.load.start", { threadId: id });
    const { thread } = this;
    let run: string | null = null;
    try {
      run = await this.read(id);
    } catch (error) {
      if (thread !== this.thread) return;
      this.state.fail(error, () => void this.#load(id), true);
    }
    if (thread !== this.thread) return;
    this.state.phase = "idle";
    this.host.emit("chatkit.thread.load.end", { threadId: id });
    if (run) void this.#attach(run);
  }

  async read(id: string): Promise<string | null> {
    const { client } = this.host;
    const { thread } = this;
    const { value, run } = await client.call<WireThread>("threads.get_by_id", { thread_id: id });
    let items = value.items?.data ?? [];
    let earlier: string | null = null;
    if (value.items?.has_more) {
      // The thread comes with its oldest items; what people want to see are the newest.
      const params = { thread_id: id, limit: PAGE, order: "desc" };
      const { value: page } = await client.call<Page<ThreadItem>>("items.list", params);
      items = page.data.reverse();
      earlier = page.has_more ? (page.after ?? null) : null;
    }
    if (thread === this.thread) thread.load(value, items, earlier);
    return run;
  }

  async #attach(run: string): Promise<void> {
    this.state.clear();
    await this.#answering.answer(async (signal) => ({ ...(await this.host.client.events(run, 0, signal)), run }), {
      refused: () => undefined,
      again: () => void this.refresh(),
      replay: true,
    });
  }
}
