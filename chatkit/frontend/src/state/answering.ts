/** Follows the answers of a thread: what they are at, how they end, how they are stopped. */
import { ApiError, fromHost } from "../wire/api-error";
import type { EventStream } from "../wire/client";
import type { ClientToolCallItem, ServerEvent } from "../wire/protocol";
import type { ConversationState } from "./conversation-state";
import type { Entry } from "./entry";
import { follow } from "./follow";
import { type Host, report } from "./host";
import { spoken } from "./spoken";
import type { Thread } from "./thread";

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

/** The conversation that is answered. */
export interface Answered {
  readonly thread: Thread;
  readonly state: ConversationState;
  /** Reads the newest page of a thread; returns its live run. */
  read(id: string): Promise<string | null>;
  /** Asks again for the answer to a user message. */
  retry(question: Entry): Promise<void>;
  /** Sends what the composer holds: how a refused message is tried again. */
  readonly resend: () => void;
}

export class Answering {
  #run: string | null = null;
  #job: AbortController | null = null;
  #stopAsked = false;
  #errorSeen = false;

  constructor(
    private readonly host: Host,
    private readonly conversation: Answered,
  ) {}

  /** Closes the connection; an answer that the server keeps goes on without us. */
  abandon(): void {
    this.#job?.abort();
  }

  /** Stops listening, for another thread. */
  leave(): void {
    const { state } = this.conversation;
    const { busy } = state;
    this.abandon();
    state.clear();
    this.#settle();
    if (busy) this.host.emit("chatkit.response.end");
  }

  /** Ends the answer: on the server where it keeps runs, else by closing the connection. */
  async stop(): Promise<void> {
    const { state } = this.conversation;
    const job = this.#job;
    if (!state.busy || !job || state.phase === "stopping") return;
    const begun = state.phase === "answering";
    state.phase = "stopping";
    this.#stopAsked = true;
    this.host.changed();
    if (this.#run) await this.#stopRun(this.#run, job);
    else if (begun) job.abort();
    else setTimeout(() => this.#run === null && job.abort(), 3000);
  }

  /** Sends a streaming request and follows its answer to the end; never rejects. */
  async answer(first: (signal: AbortSignal) => Promise<EventStream>, on: Otherwise): Promise<void> {
    const job = new AbortController();
    const { thread, state } = this.conversation;
    this.#job = job;
    state.phase = "waiting";
    this.host.changed();
    this.host.emit("chatkit.response.start");
    let refused = false;
    try {
      await this.#followed(first, job.signal, on.replay ?? false);
      for (let call = this.#pendingCall(); call && !on.replay && !state.stopped; call = this.#pendingCall()) {
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
      refused = unconfirmed || state.phase === "waiting";
      if (!job.signal.aborted) state.fail(error, unconfirmed ? this.conversation.resend : on.again);
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
    const { host } = this;
    const { thread, state } = this.conversation;
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
            state.phase = "answering";
          }
          host.changed();
        },
        events: (batch) => {
          for (const event of batch) this.#take(event, replay);
        },
        complete: () => this.#stopAsked || (thread.streaming.length === 0 && (this.#errorSeen || this.#answered())),
        reconnecting: (now) => {
          if (now === state.reconnecting) return;
          state.reconnecting = now;
          host.changed();
        },
      },
      signal,
    );
    if (ending !== "reread") return;
    // The run is over and not even the thread's name came through: all that is left is to send it again.
    if (thread.id === null) throw new ApiError("interrupted", "The answer ended before its thread was known.");
    await this.conversation.read(thread.id);
  }

  /** A message of the person at the very end, and nothing after it, is no whole answer. */
  #answered(): boolean {
    const { last } = this.conversation.thread;
    return last !== undefined && (last.item.type !== "user_message" || this.#run === null);
  }

  #take(event: ServerEvent, replay: boolean): void {
    const { host } = this;
    const { thread, state } = this.conversation;
    switch (event.type) {
      case "stream_options":
        state.canStop = event.stream_options.allow_cancel;
        break;
      case "progress_update":
        state.progress = { text: event.text, icon: event.icon };
        break;
      case "client_effect":
        host.emit("chatkit.effect", { name: event.name, data: event.data ?? {} });
        return;
      case "notice":
        state.notices = [...state.notices, { level: event.level, title: event.title, message: event.message }];
        host.announce([event.title, event.message].filter(Boolean).join(". "));
        break;
      case "error": {
        this.#errorSeen = true;
        const question = thread.last && thread.questionOf(thread.last);
        const retry = event.allow_retry && question ? () => void this.conversation.retry(question) : null;
        const told = event.code === "custom" ? event.message : undefined;
        const error = new ApiError(event.code, told ?? "The answer failed on the server.", { userMessage: told });
        state.fail(error, retry);
        break;
      }
      default: {
        const created = event.type === "thread.created" && thread.id !== event.thread.id;
        if (thread.apply(event, replay) === "text") return;
        if (created) host.emit("chatkit.thread.change", { threadId: thread.id });
        if (event.type === "thread.item.added" && event.item.type === "assistant_message") state.progress = null;
      }
    }
    host.changed();
  }

  #pendingCall(): ClientToolCallItem | null {
    const item = this.conversation.thread.last?.item;
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
    const { host } = this;
    const { thread, state } = this.conversation;
    if (this.#stopAsked) state.stopped = true;
    this.#settle();
    host.emit("chatkit.response.end");
    const answers = thread.entries.slice(thread.entries.findLastIndex(({ item }) => item.type === "user_message") + 1);
    const said = spoken(
      answers
        .map((entry) => entry.text)
        .filter(Boolean)
        .join("\n"),
    );
    if (state.stopped) host.announce(host.strings.stopped);
    else if (said && !state.failure) host.announce(host.strings.assistantSaid(said));
    host.changed();
  }

  #settle(): void {
    this.conversation.thread.settle();
    this.conversation.state.settle();
    this.#run = null;
    this.#job = null;
    this.#stopAsked = false;
  }
}
