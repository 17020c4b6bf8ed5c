/** The open conversation: loads it, sends to it, follows its answers, and says what state it is in. */
import type { ReactiveController } from "lit";
import { ApiError, fromHost } from "../wire/api-error";
import type { EventStream } from "../wire/client";
import type {
  ClientToolCallItem,
  Page,
  ServerEvent,
  ThreadItem,
  UserMessageInput,
  UserMessageItem,
  WireAttachment,
  WireThread,
} from "../wire/protocol";
import type { Entry } from "./entry";
import { follow } from "./follow";
import { type Host, report } from "./host";
import { localId } from "./ids";
import { spoken } from "./spoken";
import { Thread } from "./thread";

export type Phase = "idle" | "loading" | "waiting" | "answering" | "stopping";

export interface Notice {
  level: "info" | "warning" | "danger";
  title?: string;
  message: string;
}

/** Something that did not work, and what a press on its button does. */
export interface Failure {
  error: ApiError;
  retry: (() => void) | null;
  /** Set when a thread could not be opened at all: the failure is then all there is to show. */
  opening?: boolean;
}

const PAGE = 100;

export class Conversation implements ReactiveController {
  thread = new Thread();
  phase: Phase = "idle";
  failure: Failure | null = null;
  notices: Notice[] = [];
  progress: { text: string; icon?: string } | null = null;
  /** The last answer was ended by the person. */
  stopped = false;
  canStop = true;
  reconnecting = false;
  loadingEarlier = false;
  /** Called when a message was refused, so that the composer can have it back. */
  rejected: (input: UserMessageInput, attachments: WireAttachment[]) => void = () => undefined;
  /** Sends what the composer holds: how a refused message is tried again. */
  resend: () => void = () => undefined;
  #run: string | null = null;
  #job: AbortController | null = null;
  #stopAsked = false;
  #failed = false;

  constructor(private readonly host: Host) {}

  /** An element that is only moved is back before this asks: its answer goes on undisturbed. */
  hostDisconnected(): void {
    queueMicrotask(() => this.host.isConnected || this.#job?.abort());
  }

  /** True while an answer is on its way. */
  get busy(): boolean {
    return this.phase === "waiting" || this.phase === "answering" || this.phase === "stopping";
  }

  get threadId(): string | null {
    return this.thread.id;
  }

  /** Shows a thread, or with null the start screen. Never rejects: a failure is shown and reported. */
  async open(id: string | null): Promise<void> {
    this.#leave();
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
    if (this.failure?.opening) return this.#load(id);
    try {
      const run = await this.#read(id);
      if (run && !this.busy) void this.#attach(run);
    } catch (error) {
      if (this.thread.id === id) this.#fail(error, () => void this.refresh());
    }
    this.host.changed();
  }

  /** Picks up after the element was put back into the page. */
  async resume(): Promise<void> {
    if (this.phase === "idle") await this.refresh();
  }

  async loadEarlier(): Promise<void> {
    const { id, earlier } = this.thread;
    if (id === null || earlier === null || this.loadingEarlier) return;
    this.loadingEarlier = true;
    this.host.changed();
    try {
      const { value } = await this.host.client.call<Page<ThreadItem>>("items.list", {
        thread_id: id,
        limit: PAGE,
        order: "desc",
        ...(earlier ? { after: earlier } : {}),
      });
      if (this.thread.id !== id) return;
      this.thread.prepend(value.data.reverse(), value.has_more ? (value.after ?? null) : null);
    } catch (error) {
      this.#fail(error, () => void this.loadEarlier());
    } finally {
      this.loadingEarlier = false;
      this.host.changed();
    }
  }

  /** Sends a message; resolves when the answer is over or has failed. */
  async send(input: UserMessageInput, attachments: WireAttachment[] = []): Promise<void> {
    this.#mustBeFree();
    this.#clear();
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
    await this.#answer(
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

  /** Asks again for the answer to a user message. */
  async retry(question: Entry): Promise<void> {
    this.#mustBeFree();
    const { id } = this.thread;
    if (id === null) return;
    this.#clear();
    this.thread.removeAfter(question);
    const params = { thread_id: id, item_id: question.id };
    await this.#answer((signal) => this.host.client.stream("threads.retry_after_item", params, signal), {
      refused: () => void this.refresh(),
      again: () => void this.retry(question),
    });
  }

  /** Sends an action that answers with a stream. */
  async act(action: { type: string; payload?: Record<string, unknown> }, itemId?: string): Promise<void> {
    this.#mustBeFree();
    const { id } = this.thread;
    if (id === null) throw new ApiError("no_thread", "An action needs a thread; send a message first.");
    this.#clear();
    const params = { thread_id: id, ...(itemId ? { item_id: itemId } : {}), action };
    await this.#answer((signal) => this.host.client.stream("threads.custom_action", params, signal), {
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
      this.#fail(error, null);
    }
    this.host.changed();
  }

  /** Answers, or skips, the questions of a structured input. */
  async answerQuestions(itemId: string, input: object): Promise<void> {
    this.#mustBeFree();
    this.#clear();
    const params = { thread_id: this.thread.id, item_id: itemId, input };
    await this.#answer((signal) => this.host.client.stream("threads.add_structured_input", params, signal), {
      refused: () => undefined,
      again: null,
    });
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
      this.#fail(error, () => void this.giveFeedback(entry, kind));
    }
    this.host.changed();
  }

  /** Ends the answer: on the server where it keeps runs, else by closing the connection. */
  async stop(): Promise<void> {
    const job = this.#job;
    if (!this.busy || !job || this.phase === "stopping") return;
    const begun = this.phase === "answering";
    this.phase = "stopping";
    this.#stopAsked = true;
    this.host.changed();
    if (this.#run) await this.#stopRun(this.#run, job);
    else if (begun) job.abort();
    else setTimeout(() => this.#run === null && job.abort(), 3000);
  }

  /** Takes a failure off the screen. */
  dismiss(): void {
    this.failure = null;
    this.host.changed();
  }

  /** A failure that happened outside a request of this class (the first session, history, an upload). */
  fail(error: unknown, retry: (() => void) | null): void {
    this.#fail(error, retry);
    this.host.changed();
  }

  async #stopRun(run: string, job: AbortController): Promise<void> {
    try {
      await this.host.client.stop(run);
      setTimeout(() => job.abort(), 8000);
    } catch {
      job.abort();
    }
  }

  async #load(id: string): Promise<void> {
    this.failure = null;
    this.phase = "loading";
    this.host.changed();
    this.host.emit("chatkit.thread.load.start", { threadId: id });
    const { thread } = this;
    let run: string | null = null;
    try {
      run = await this.#read(id);
    } catch (error) {
      if (thread !== this.thread) return;
      this.#fail(error, () => void this.#load(id), true);
    }
    if (thread !== this.thread) return;
    this.phase = "idle";
    this.host.emit("chatkit.thread.load.end", { threadId: id });
    if (run) void this.#attach(run);
  }

  /** Reads the newest page of a thread; returns its live run. */
  async #read(id: string): Promise<string | null> {
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
    this.#clear();
    await this.#answer((signal) => this.#eventsOf(run, signal), {
      refused: () => undefined,
      again: () => void this.refresh(),
      replay: true,
    });
  }

  async #eventsOf(run: string, signal: AbortSignal): Promise<EventStream> {
    return { ...(await this.host.client.events(run, 0, signal)), run };
  }

  async #answer(
    first: (signal: AbortSignal) => Promise<EventStream>,
    on: { refused: () => void; again: (() => void) | null; unconfirmed?: () => boolean; replay?: boolean },
  ): Promise<void> {
    const job = new AbortController();
    const { thread } = this;
    this.#job = job;
    this.phase = "waiting";
    this.host.changed();
    this.host.emit("chatkit.response.start");
    let refused = false;
    try {
      await this.#followed(first, job.signal, on.replay ?? false);
      for (let call = this.#pendingCall(); call && !on.replay && !this.stopped; call = this.#pendingCall()) {
        const result = await this.#callTool(call);
        const params = { thread_id: thread.id, result };
        await this.#followed(
          (signal) => this.host.client.stream("threads.add_client_tool_output", params, signal),
          job.signal,
          false,
        );
      }
    } catch (error) {
      if (this.#job !== job) return;
      const unconfirmed = on.unconfirmed?.() ?? false;
      refused = unconfirmed || this.phase === "waiting";
      if (!job.signal.aborted) this.#fail(error, unconfirmed ? this.resend : on.again);
    }
    if (this.#job !== job) return;
    this.#finish();
    if (refused) on.refused();
  }

  async #followed(
    first: (signal: AbortSignal) => Promise<EventStream>,
    signal: AbortSignal,
    replay: boolean,
  ): Promise<void> {
    const { thread, host } = this;
    this.#failed = false;
    const ending = await follow(
      host.client,
      first,
      {
        started: (run) => {
          this.#run = run;
          if (this.#stopAsked && this.#job) {
            if (run) void this.#stopRun(run, this.#job);
            else this.#job.abort();
          } else {
            this.phase = "answering";
          }
          host.changed();
        },
        events: (batch) => {
          for (const event of batch) this.#take(event, replay);
        },
        complete: () => this.#stopAsked || (thread.streaming.length === 0 && (this.#failed || this.#answered())),
        reconnecting: (now) => {
          if (now === this.reconnecting) return;
          this.reconnecting = now;
          host.changed();
        },
      },
      signal,
    );
    if (ending !== "reread") return;
    // The run is over and not even the thread's name came through: all that is left is to send it again.
    if (thread.id === null) throw new ApiError("interrupted", "The answer ended before its thread was known.");
    await this.#read(thread.id);
  }

  /** A message of the person at the very end, and nothing after it, is no whole answer. */
  #answered(): boolean {
    const { last } = this.thread;
    return last !== undefined && (last.item.type !== "user_message" || this.#run === null);
  }

  #take(event: ServerEvent, replay: boolean): void {
    const { host, thread } = this;
    switch (event.type) {
      case "stream_options":
        this.canStop = event.stream_options.allow_cancel;
        break;
      case "progress_update":
        this.progress = { text: event.text, icon: event.icon };
        break;
      case "client_effect":
        host.emit("chatkit.effect", { name: event.name, data: event.data ?? {} });
        return;
      case "notice":
        this.notices = [...this.notices, { level: event.level, title: event.title, message: event.message }];
        host.announce([event.title, event.message].filter(Boolean).join(". "));
        break;
      case "error": {
        this.#failed = true;
        const question = thread.last && thread.questionOf(thread.last);
        const retry = event.allow_retry && question ? () => void this.retry(question) : null;
        const told = event.code === "custom" ? event.message : undefined;
        const error = new ApiError(event.code, told ?? "The answer failed on the server.", { userMessage: told });
        this.#fail(error, retry);
        break;
      }
      default: {
        const created = event.type === "thread.created" && thread.id !== event.thread.id;
        if (thread.apply(event, replay) === "text") return;
        if (created) host.emit("chatkit.thread.change", { threadId: thread.id });
        if (event.type === "thread.item.added" && event.item.type === "assistant_message") this.progress = null;
      }
    }
    host.changed();
  }

  #pendingCall(): ClientToolCallItem | null {
    const item = this.thread.last?.item;
    return item?.type === "client_tool_call" && item.status === "pending" ? item : null;
  }

  async #callTool(call: ClientToolCallItem): Promise<unknown> {
    call.status = "completed";
    const { onClientTool } = this.host.options;
    try {
      if (!onClientTool) throw new Error(`The page has no handler for the client tool "${call.name}".`);
      return (await onClientTool({ name: call.name, params: call.arguments })) ?? null;
    } catch (thrown) {
      const error = fromHost(thrown, "client_tool_failed");
      report(this.host, error);
      return { error: error.message };
    }
  }

  #finish(): void {
    const { thread, host } = this;
    if (this.#stopAsked) this.stopped = true;
    this.#settle();
    host.emit("chatkit.response.end");
    const answers = thread.entries.slice(thread.entries.findLastIndex(({ item }) => item.type === "user_message") + 1);
    const said = spoken(answers.map((entry) => entry.text).filter(Boolean).join("\n"));
    if (this.stopped) host.announce(host.strings.stopped);
    else if (said && !this.failure) host.announce(host.strings.assistantSaid(said));
    host.changed();
  }

  #settle(): void {
    this.thread.settle();
    this.phase = "idle";
    this.progress = null;
    this.reconnecting = false;
    this.#run = null;
    this.#job = null;
    this.#stopAsked = false;
  }

  /** Stops listening; an answer that the server keeps goes on without us. */
  #leave(): void {
    const busy = this.busy;
    this.#job?.abort();
    this.#clear();
    this.#settle();
    if (busy) this.host.emit("chatkit.response.end");
  }

  #clear(): void {
    this.failure = null;
    this.notices = [];
    this.stopped = false;
    this.canStop = true;
    this.progress = null;
  }

  #mustBeFree(): void {
    if (this.busy) throw new ApiError("busy", "An answer is being written; wait for its end or stop it.");
    if (this.phase === "loading") throw new ApiError("busy", "The conversation is still loading.");
  }

  #fail(thrown: unknown, retry: (() => void) | null, opening = false): void {
    const error = fromHost(thrown, "unknown");
    if (error.code === "run_in_progress") retry = () => void this.refresh();
    this.failure = { error, retry, opening };
    report(this.host, error);
  }
}
