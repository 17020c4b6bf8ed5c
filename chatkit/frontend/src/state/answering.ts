/** Follows the answers of a thread: what they are at, how they end, how they are stopped. */
import { ApiError } from "../wire/api-error";
import type { EventStream } from "../wire/client";
import type { ClientToolCallItem, ServerEvent } from "../wire/protocol";
import type { ConversationState } from "./conversation-state";
import { Effects } from "./effects";
import type { Entry } from "./entry";
import { follow } from "./follow";
import type { Host } from "./host";
import { spoken } from "./spoken";
import type { Thread } from "./thread";
import { type Taken, ToolCalls } from "./tool-calls";

/** What becomes of a request whose answer did not come. */
export interface Otherwise {
  /** The server never took it. */
  refused(): void;
  /** Asks once more; null where that makes no sense. */
  again: (() => void) | null;
  /** What was asked. */
  question?: Entry;
  /** True while the server has not confirmed what was sent; else it has with the first headers. */
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
  /** Reads the thread again and goes on with it. */
  refresh(): Promise<boolean>;
  /** The same after a failure, which is over then. */
  lookAgain(): Promise<void>;
  /** Asks once more for what got no answer. */
  again(question: Entry): Promise<void>;
  /** Something that is kept beside the thread may have changed. */
  keep(): void;
}

/** After so many seconds without a word the person hears that the answer is still on its way, and may leave. */
const WAITS = [10, 30];

/** What the server is told of a call that the person has stopped. */
const STOPPED = { error: "stopped" };

/** One answer on its way. */
class Job extends AbortController {
  run: string | null = null;
  /** The server has taken the request. */
  begun = false;
  stopAsked = false;
  errorSeen = false;
  /** How many effects of the run have come. */
  effects = 0;
  /** The output of a call into the page is on its way: what fails now is not to be asked from the beginning. */
  posting = false;
  /** Waits for the page's tool no longer; null unless one is at work. */
  leaveTool: (() => void) | null = null;

  /** The run is over that made the call. */
  toTool(): void {
    this.posting = true;
    this.run = null;
  }

  /** What a tool of the page gives, or that it was stopped; rejects where the job ends before. */
  async given(output: Promise<unknown>): Promise<unknown> {
    const { signal } = this;
    const stopped = new Promise<unknown>((resolve) => {
      this.leaveTool = () => resolve(STOPPED);
    });
    const ended = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    );
    try {
      signal.throwIfAborted();
      return await Promise.race([output, stopped, ended]);
    } finally {
      this.leaveTool = null;
    }
  }
}

export class Answering {
  /** Resolves when the present answer, if any, is over. */
  over: Promise<unknown> = Promise.resolve();
  #job: Job | null = null;
  /** How often the thread was read again for a call whose output the server has taken. */
  #again = { call: "", times: 0 };
  readonly #tools: ToolCalls;
  readonly #effects: Effects;

  constructor(
    private readonly host: Host,
    private readonly conversation: Answered,
  ) {
    this.#tools = new ToolCalls(host);
    this.#effects = new Effects(() => host.scope);
  }

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

  async stop(): Promise<void> {
    const { state } = this.conversation;
    const job = this.#job;
    if (!state.busy || !job || state.phase === "stopping") return;
    const begun = state.phase === "answering";
    state.phase = "stopping";
    job.stopAsked = true;
    this.host.changed();
    // The server is told of a call that is stopped, and the run that this begins is ended: else the call stays open
    // there, and another browser carries it out.
    job.leaveTool?.();
    if (job.run) await this.#stopRun(job.run, job);
    else if (begun && !job.posting) job.abort();
    else setTimeout(() => job.run === null && job.abort(), 3000);
  }

  /**
   * Sends a streaming request and follows its answer to the end. Never rejects: a failure is shown. False where the
   * chat was left before the server had taken the request.
   */
  answer(first: (signal: AbortSignal) => Promise<EventStream>, on: Otherwise): Promise<boolean> {
    const answered = this.#answer((job) => this.#followed(job, first, on.replay ?? false), on);
    this.over = answered;
    return answered;
  }

  /** Carries out the call that the thread waits for, unless another tab does. */
  async goOn(): Promise<void> {
    const { thread, state } = this.conversation;
    const call = pendingCall(thread);
    if (!call || state.phase !== "idle" || state.stopped || !this.#tools.able(thread.id, call)) return;
    const taken = await this.#tools.take(thread.id, call);
    if (thread !== this.conversation.thread || state.phase !== "idle" || pendingCall(thread) !== call) {
      taken?.release();
    } else if (taken) {
      state.clear();
      const on = { refused: () => undefined, again: null };
      this.over = this.#answer((job) => this.#post(job, call, taken), on);
      await this.over;
    } else if (!this.#tools.delivered(thread.id, call)) {
      void this.#await(thread, call);
    } else {
      // The thread was read before the server had the output: again, later each time, and not for ever.
      const times = this.#again.call === call.id ? this.#again.times + 1 : 0;
      this.#again = { call: call.id, times };
      if (times < 6) void this.#await(thread, call, 300 * 2 ** times);
    }
  }

  async #answer(work: (job: Job) => Promise<void>, on: Otherwise): Promise<boolean> {
    const { thread, state } = this.conversation;
    const job = new Job();
    this.#job = job;
    const clocks = WAITS.map((seconds) => setTimeout(() => this.#waited(job, seconds), seconds * 1000));
    job.signal.addEventListener("abort", () => clocks.forEach(clearTimeout));
    state.phase = "waiting";
    this.host.changed();
    this.host.emit("chatkit.response.start");
    let refused = false;
    try {
      await work(job);
      if (!on.replay) await this.#callTools(job);
    } catch (error) {
      refused = on.unconfirmed?.() ?? !job.begun;
      const unwanted = job.stopAsked && job.posting;
      if (this.#job === job && !job.signal.aborted && !unwanted) this.#failed(error, job, on);
    }
    clocks.forEach(clearTimeout);
    const left = this.#job !== job || (job.signal.aborted && !job.stopAsked);
    if (this.#job === job) this.#finish(job);
    if (refused) on.refused();
    const call = pendingCall(thread);
    if (call && !left && !state.failure && !state.stopped) void this.#await(thread, call);
    return !(refused && left && job.run === null);
  }

  /** Says that an answer is long in coming, unless its words are there. */
  #waited(job: Job, seconds: number): void {
    const { host, conversation } = this;
    const { thread, state } = conversation;
    if (this.#job !== job || thread.streaming.some(({ text }) => text !== "")) return;
    state.waited = seconds;
    const { stillWorking, mayLeave } = host.strings;
    host.announce(seconds > 10 && state.kept ? mayLeave : stillWorking);
    host.changed();
  }

  #failed(error: unknown, job: Job, on: Otherwise): void {
    const { conversation } = this;
    const { state, thread } = conversation;
    // With a run the server has the question, whatever keeps its answer from us. One whose thread is not known yet can
    // only be sent again, by its key.
    const kept = job.posting || (job.run !== null && thread.id !== null);
    // What the server has, or what the page did already, is looked up and not asked for anew.
    if (kept) state.fail(error, () => void conversation.lookAgain());
    else state.fail(error, on.again, { question: on.question });
  }

  /** Runs the calls that an answer ends with, one after the other. */
  async #callTools(job: Job): Promise<void> {
    const { thread } = this.conversation;
    for (let call = pendingCall(thread); call; call = pendingCall(thread)) {
      job.toTool();
      const taken = await this.#tools.take(thread.id, call);
      if (!taken) return;
      await this.#post(job, call, taken);
      if (job.stopAsked) return;
    }
  }

  async #post(job: Job, call: ClientToolCallItem, taken: Taken): Promise<void> {
    const { client } = this.host;
    const { thread } = this.conversation;
    job.toTool();
    const output = job.stopAsked ? Promise.resolve(STOPPED) : taken.output();
    try {
      const params = { thread_id: thread.id, result: await job.given(output) };
      if (job.stopAsked) taken.stopped();
      const send = (signal: AbortSignal) => client.stream("threads.add_client_tool_output", params, signal);
      await this.#followed(job, send, false, () => {
        job.posting = false;
        call.status = "completed";
        // Without a run the connection is cut at once, maybe before the server has kept it.
        if (job.run !== null || !job.stopAsked) taken.delivered();
      });
    } finally {
      if (job.stopAsked && job.posting) taken.stopped();
      // Not before: where this is left while the tool works, no other tab is to say that it was lost.
      void output.then(taken.release);
    }
  }

  /** Another tab has the call: once it is through, the thread has what came of it. */
  async #await(thread: Thread, call: ClientToolCallItem, pause = 300): Promise<void> {
    await this.#tools.freed(thread.id, call).catch(() => undefined);
    // The tab that asked goes before those that only look on.
    setTimeout(() => thread === this.conversation.thread && void this.conversation.refresh(), pause);
  }

  async #stopRun(run: string, job: Job): Promise<void> {
    try {
      await this.host.client.stop(run);
      setTimeout(() => job.abort(), 8000);
    } catch {
      job.abort();
    }
  }

  async #followed(
    job: Job,
    first: (signal: AbortSignal) => Promise<EventStream>,
    replay: boolean,
    taken: () => void = () => undefined,
  ): Promise<void> {
    const { host } = this;
    const { thread, state } = this.conversation;
    job.errorSeen = false;
    job.effects = 0;
    const ending = await follow(
      host.client,
      first,
      {
        started: (run) => {
          job.run = run;
          job.begun = true;
          taken();
          if (job.stopAsked) {
            if (run) void this.#stopRun(run, job);
            else job.abort();
          }
          // Left by now: what is shown is another conversation.
          if (job.signal.aborted) return;
          state.kept = run !== null;
          if (!job.stopAsked) state.phase = "answering";
          host.changed();
        },
        events: (batch) => {
          // One of them may be what the page leaves it for.
          for (const event of batch) if (!job.signal.aborted) this.#take(event, job, replay);
        },
        complete: () =>
          job.stopAsked || (thread.streaming.length === 0 && (job.errorSeen || answered(thread, job.run))),
        reconnecting: (now) => {
          if (now === state.reconnecting) return;
          state.reconnecting = now;
          host.changed();
        },
      },
      job.signal,
    );
    if (ending !== "reread") return;
    // The run is over and not even the thread's name came through: all that is left is to send it again.
    if (thread.id === null) throw new ApiError("interrupted", "The answer ended before its thread was known.");
    await this.conversation.read(thread.id);
  }

  #take(event: ServerEvent, job: Job, replay: boolean): void {
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
        if (this.#effects.take(job.run, ++job.effects))
          host.emit("chatkit.effect", { name: event.name, data: event.data ?? {} });
        return;
      case "notice":
        state.notices = [...state.notices, { level: event.level, title: event.title, message: event.message }];
        host.announce([event.title, event.message].filter(Boolean).join(". "));
        break;
      case "error": {
        job.errorSeen = true;
        const question = thread.last && thread.questionOf(thread.last);
        if (question) question.again = event.allow_retry ?? false;
        const retry = event.allow_retry && question ? () => void this.conversation.again(question) : null;
        const told = event.code === "custom" ? event.message : undefined;
        const error = new ApiError(event.code, told ?? "The answer failed on the server.", { userMessage: told });
        state.fail(error, retry, { question });
        break;
      }
      default: {
        const created = event.type === "thread.created" && thread.id !== event.thread.id;
        if (thread.apply(event, replay) === "text") return;
        this.conversation.keep();
        if (created) host.emit("chatkit.thread.change", { threadId: thread.id });
        if (event.type === "thread.item.added" && event.item.type === "assistant_message") state.progress = null;
      }
    }
    host.changed();
  }

  #finish(job: Job): void {
    const { host } = this;
    const { thread, state } = this.conversation;
    if (job.stopAsked) state.stopped = true;
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
    this.#job = null;
  }
}

/** A message of the person at the very end, and nothing after it, is no whole answer. */
function answered({ last }: Thread, run: string | null): boolean {
  return last !== undefined && (last.item.type !== "user_message" || run === null);
}

/** The call into the page that the thread waits for. */
function pendingCall({ last }: Thread): ClientToolCallItem | null {
  const item = last?.item;
  return item?.type === "client_tool_call" && item.status === "pending" ? item : null;
}
