/** Follows the answers of a thread: what they are at, how they end, how they are stopped. */
import type { ReactiveController } from "lit";
import { ApiError, fromHost } from "../wire/api-error";
import type { EventStream } from "../wire/client";
import type { ClientToolCallItem, ServerEvent } from "../wire/protocol";
import type { Entry } from "./entry";
import { follow } from "./follow";
import { type Host, report } from "./host";
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

/** What becomes of a request whose answer did not come. */
export interface Otherwise {
  /** The server never took it. */
  refused(): void;
  /** Asks once more; null where that makes no sense. */
  again: (() => void) | null;
  /** True while the server has not confirmed what was sent. */
  unconfirmed?(): boolean;
  /** The events come from the beginning of a run that the thread may know already. */
  replay?: boolean;
}

export abstract class Answering implements ReactiveController {
  thread = new Thread();
  phase: Phase = "idle";
  failure: Failure | null = null;
  notices: Notice[] = [];
  progress: { text: string; icon?: string } | null = null;
  /** The last answer was ended by the person. */
  stopped = false;
  canStop = true;
  reconnecting = false;
  /** Sends what the composer holds: how a refused message is tried again. */
  resend: () => void = () => undefined;
  #run: string | null = null;
  #job: AbortController | null = null;
  #stopAsked = false;
  #errorSeen = false;

  constructor(protected readonly host: Host) {}

  /** An element that is only moved is back before this asks: its answer goes on undisturbed. */
  hostDisconnected(): void {
    queueMicrotask(() => this.host.isConnected || this.#job?.abort());
  }

  /** True while an answer is on its way. */
  get busy(): boolean {
    return this.phase === "waiting" || this.phase === "answering" || this.phase === "stopping";
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
    this.failed(error, retry);
    this.host.changed();
  }

  /** Reads the newest page of a thread; returns its live run. */
  protected abstract read(id: string): Promise<string | null>;

  /** Asks again for the answer to a user message. */
  abstract retry(question: Entry): Promise<void>;

  /** Reads the thread again; what did not change stays as it is. */
  abstract refresh(): Promise<void>;

  /** Sends a streaming request and follows its answer to the end; never rejects. */
  protected async answer(first: (signal: AbortSignal) => Promise<EventStream>, on: Otherwise): Promise<void> {
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
      if (!job.signal.aborted) this.failed(error, unconfirmed ? this.resend : on.again);
    }
    if (this.#job !== job) return;
    this.#finish();
    if (refused) on.refused();
  }

  async #stopRun(run: string, job: AbortController): Promise<void> {
    try {
      await this.host.client.stop(run);
      setTimeout(() => job.abort(), 8000);
    } catch {
      job.abort();
    }
  }

  async #followed(
    first: (signal: AbortSignal) => Promise<EventStream>,
    signal: AbortSignal,
    replay: boolean,
  ): Promise<void> {
    const { thread, host } = this;
    this.#errorSeen = false;
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
        complete: () => this.#stopAsked || (thread.streaming.length === 0 && (this.#errorSeen || this.#answered())),
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
    await this.read(thread.id);
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
        this.#errorSeen = true;
        const question = thread.last && thread.questionOf(thread.last);
        const retry = event.allow_retry && question ? () => void this.retry(question) : null;
        const told = event.code === "custom" ? event.message : undefined;
        const error = new ApiError(event.code, told ?? "The answer failed on the server.", { userMessage: told });
        this.failed(error, retry);
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
    const said = spoken(
      answers
        .map((entry) => entry.text)
        .filter(Boolean)
        .join("\n"),
    );
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
  protected leave(): void {
    const busy = this.busy;
    this.#job?.abort();
    this.clear();
    this.#settle();
    if (busy) this.host.emit("chatkit.response.end");
  }

  protected clear(): void {
    this.failure = null;
    this.notices = [];
    this.stopped = false;
    this.canStop = true;
    this.progress = null;
  }

  protected mustBeFree(): void {
    if (this.busy) throw new ApiError("busy", "An answer is being written; wait for its end or stop it.");
    if (this.phase === "loading") throw new ApiError("busy", "The conversation is still loading.");
  }

  protected failed(thrown: unknown, retry: (() => void) | null, opening = false): void {
    const error = fromHost(thrown, "unknown");
    if (error.code === "run_in_progress") retry = () => void this.refresh();
    this.failure = { error, retry, opening };
    report(this.host, error);
  }
}
