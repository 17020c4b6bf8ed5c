/** The open conversation: opens and reads threads, and sends everything that can be sent to one. */
import type { ReactiveController } from "lit";
import { forgetThread, GONE, site } from "../kept";
import { ApiError, left } from "../wire/api-error";
import { EDIT, TEMPORARY, type ThreadItem, type UserMessageInput, type WireAttachment } from "../wire/protocol";
import { type Answered, Answering } from "./answering";
import { ConversationState } from "./conversation-state";
import { Earlier } from "./earlier";
import type { Entry, Message } from "./entry";
import type { Host } from "./host";
import { uniqueKey } from "./ids";
import { newest } from "./pages";
import { Thread } from "./thread";
import { unanswered } from "./turns";
import { inputOf, itemOf, Unsent } from "./unsent";
import { Votes } from "./votes";

export class Conversation implements Answered, ReactiveController {
  thread = new Thread();
  readonly state: ConversationState;
  readonly votes: Votes;
  readonly #answering: Answering;
  readonly #unsent: Unsent;
  readonly #earlier: Earlier;
  /** Set while a thread is being read for the first time. */
  #loading: Promise<void> | null = null;

  constructor(private readonly host: Host) {
    this.state = new ConversationState(host, () => void this.lookAgain());
    this.#answering = new Answering(host, this);
    this.#unsent = new Unsent(() => host.scope);
    this.#earlier = new Earlier(host, this);
    this.votes = new Votes(host, this);
  }

  /** An element that is only moved is back before this asks: its answer goes on undisturbed. */
  hostDisconnected(): void {
    queueMicrotask(() => this.host.isConnected || this.#answering.abandon());
  }

  get busy(): boolean {
    return this.state.busy;
  }

  get loadingEarlier(): boolean {
    return this.#earlier.loading;
  }

  get threadId(): string | null {
    return this.thread.id;
  }

  /** The questions that got no answer, and get none now. */
  get unanswered(): Set<Entry> {
    return unanswered(this.thread.entries, this.busy || this.state.stopped);
  }

  /** Shows a thread, or with null the start screen. Never rejects: a failure is shown and reported. */
  async open(id: string | null): Promise<void> {
    this.#answering.leave();
    this.thread = new Thread();
    this.thread.id = id;
    this.#loading = null;
    const { thread } = this;
    this.restore();
    this.host.emit("chatkit.thread.change", { threadId: id });
    if (id !== null && thread === this.thread) this.#loading = this.#load(id);
    await this.settled();
    this.host.changed();
  }

  /** Shows again what the server never took of this thread. */
  restore(): void {
    this.#unsent.restore(this.thread);
    this.host.changed();
  }

  /** Gets ready for the first request; a failure is shown. */
  async connect(): Promise<void> {
    try {
      this.state.failure = null;
      await this.host.client.connect();
    } catch (error) {
      this.state.fail(error, () => void this.connect());
    }
    this.host.changed();
  }

  /** Chooses whether the conversation that is about to begin is temporary. */
  setTemporary(temporary: boolean): void {
    if (this.threadId === null && !this.busy) this.thread.temporary = temporary;
    this.host.changed();
  }

  /** Resolves when no thread is being opened. */
  async settled(): Promise<void> {
    while (this.#loading) await this.#loading;
  }

  /** Resolves when something may be sent to the thread that is being opened; rejects where it cannot be. */
  async ready(): Promise<void> {
    const { thread } = this;
    await this.settled();
    if (thread !== this.thread) throw left();
    const { failure } = this.state;
    if (failure?.opening) throw failure.error;
  }

  /** Reads the thread again, once what is under way with it is over. */
  async update(): Promise<void> {
    const { thread } = this;
    do {
      await this.settled();
      await this.#answering.over;
    } while (thread === this.thread && !(await this.refresh()));
  }

  /** Reads the thread again and goes on with it; what did not change stays as it is. False where an answer came first. */
  async refresh(): Promise<boolean> {
    const { thread, state } = this;
    const { id } = thread;
    if (id === null) return true;
    if (state.phase !== "idle") return false;
    if (state.failure?.opening) {
      this.#loading = this.#load(id);
      await this.#loading;
      return true;
    }
    try {
      // What was read before an answer began is old, also where that answer is over by now.
      const { over } = this.#answering;
      const fresh = () => !this.busy && over === this.#answering.over;
      const run = await this.read(id, fresh);
      if (thread !== this.thread) return true;
      if (!fresh()) return false;
      this.#goOn(run);
    } catch (error) {
      if (thread === this.thread) state.fail(error, () => void this.lookAgain());
    }
    this.host.changed();
    return true;
  }

  /** The same after a failure, which is over when it succeeds. */
  async lookAgain(look: () => Promise<unknown> = () => this.refresh()): Promise<void> {
    const { failure } = this.state;
    await look();
    if (this.state.failure === failure) this.dismiss();
  }

  /** Picks up after the element was put back into the page: a tool that was at work before may be so still. */
  async resume(): Promise<void> {
    if (this.state.phase === "idle") await this.refresh();
    else await this.update();
  }

  /** Reads what came before. */
  loadEarlier(): Promise<void> {
    return this.#earlier.load();
  }

  /** Sends a message; resolves when the answer is over or has failed. False where it was left before it was sent. */
  async send(
    input: UserMessageInput,
    attachments: WireAttachment[] = [],
    key = uniqueKey(),
    edits?: string,
  ): Promise<boolean> {
    this.state.mustBeFree();
    this.state.clear();
    const { thread } = this;
    const edited = edits === undefined ? undefined : thread.entry(edits);
    if (edited) {
      // What followed stays on the server, as another version.
      thread.removeAfter(edited);
      thread.remove(edited.id);
      thread.versions = true;
    }
    const anew = edits === undefined ? undefined : { [EDIT]: edits };
    const { id } = thread;
    const wanted = thread.temporary ? { [TEMPORARY]: true } : undefined;
    const after = thread.last?.id ?? null;
    const asked = new Date().toISOString();
    const message: Message = { key, thread: id, input, attachments, after, asked, ...(edits ? { edits } : {}) };
    const entry = thread.addLocal(itemOf(message), message);
    this.keep();
    return this.#answering.answer(
      (signal) =>
        id === null
          ? this.host.client.stream("threads.create", { input }, signal, key, wanted)
          : this.host.client.stream("threads.add_user_message", { thread_id: id, input }, signal, key, anew),
      {
        refused: () => {
          entry.setState("unsent");
          const { failure } = this.state;
          const why = failure?.question === entry ? failure.error : null;
          entry.unreached = why?.code === "network";
          if (why?.file) entry.leaveOut(why.file);
          if (why?.file) this.keep();
          this.host.changed();
          // An answer that was in the way is shown then, or is over: that it is being written is said no more.
          if (edited) void (why?.code === "run_in_progress" ? this.lookAgain() : this.refresh());
        },
        again: () => void this.again(entry),
        question: entry,
        unconfirmed: () => entry.state === "local",
      },
    );
  }

  /** Asks once more for what got no answer: what the server has by its own request, all else as a new message. */
  async again(question: Entry): Promise<void> {
    const { thread, state } = this;
    if (this.busy || state.phase === "loading" || question.hollow) return;
    if (question.message) {
      if (thread.id !== null && !(await this.#stillOpen(thread.id, question))) {
        // The server has it, without an answer that is under way or was given.
        const asked = thread === this.thread && !state.failure ? thread.last : undefined;
        if (asked && asked !== question && thread.open && this.unanswered.has(asked)) await this.retry(asked);
        return;
      }
      thread.remove(question.id);
      const { input, attachments, key, edits, thread: target } = question.message;
      // The server may have it by its key, in a conversation of its own that began without our hearing of it. In
      // another one, into which it was taken along, it is another message.
      await this.send(input, attachments, target === thread.id ? key : undefined, edits);
      return;
    }
    // What broke off here may be under way there, or whole by now: it is not to be answered, and paid for, twice. Where
    // others were asked since, in another window too, what follows stays.
    if (thread.id !== null && !(await this.#stillOpen(thread.id, question))) return;
    if (question === (thread.last && thread.questionOf(thread.last))) await this.retry(question);
    else if (question.item.type === "user_message") {
      await this.send(inputOf(question.item), question.item.attachments);
    }
  }

  /** Takes a message that the server does not have out of the thread, to be written anew. */
  takeBack(question: Entry): Message | null {
    const { message } = question;
    if (!message || this.busy) return null;
    this.thread.remove(question.id);
    if (this.state.failure?.question === question) this.state.failure = null;
    this.keep();
    this.host.changed();
    return message;
  }

  /** Keeps the messages that the server does not have, for the next time that this thread is shown. */
  keep(): void {
    this.#unsent.keep(this.thread);
  }

  /** Forgets what was kept of a thread that is no more, in each tab. */
  forget(id: string): void {
    forgetThread(id);
    site.set(GONE, id);
    site.set(GONE, "");
  }

  async retry(question: Entry): Promise<void> {
    this.state.mustBeFree();
    const { id } = this.thread;
    if (id === null) return;
    this.state.clear();
    this.thread.removeAfter(question);
    this.thread.versions = true;
    const params = { thread_id: id, item_id: question.id };
    await this.#answering.answer((signal) => this.host.client.stream("threads.retry_after_item", params, signal), {
      refused: () => void this.refresh(),
      again: () => void this.retry(question),
      question,
    });
  }

  /** Sends an action that answers with a stream. */
  async act(action: { type: string; payload?: Record<string, unknown> }, itemId?: string): Promise<boolean> {
    this.state.mustBeFree();
    const { id } = this.thread;
    if (id === null) throw new ApiError("no_thread", "An action needs a thread; send a message first.");
    this.state.clear();
    const params = { thread_id: id, ...(itemId ? { item_id: itemId } : {}), action };
    const send = (signal: AbortSignal) => this.host.client.stream("threads.custom_action", params, signal);
    return this.#answering.answer(send, { refused: () => undefined, again: null });
  }

  /** Sends an action that answers with the changed widget alone; allowed while an answer streams. False where it fails. */
  async actSync(action: { type: string; payload?: Record<string, unknown> }, itemId: string): Promise<boolean> {
    const { thread } = this;
    const { id } = thread;
    try {
      const { value } = await this.host.client.call<{ updated_item?: ThreadItem }>("threads.sync_custom_action", {
        thread_id: id,
        item_id: itemId,
        action,
      });
      if (value.updated_item && this.thread.id === id) {
        this.thread.apply({ type: "thread.item.replaced", item: value.updated_item });
      }
      return true;
    } catch (error) {
      if (thread === this.thread) this.state.fail(error, null);
      return false;
    } finally {
      this.host.changed();
    }
  }

  /** Answers, or skips, the questions of a structured input. */
  async answerQuestions(itemId: string, input: object): Promise<void> {
    this.state.mustBeFree();
    this.state.clear();
    const params = { thread_id: this.thread.id, item_id: itemId, input };
    await this.#answering.answer((signal) => this.host.client.stream("threads.add_structured_input", params, signal), {
      refused: () => undefined,
      again: () => void this.#answerAgain(itemId, input),
      question: this.thread.entry(itemId),
    });
  }

  /** The server may have the answers by now: they are sent once. */
  async #answerAgain(itemId: string, input: object): Promise<void> {
    const { id } = this.thread;
    const asked = this.thread.entry(itemId);
    if (id === null || !asked || this.state.phase !== "idle") return;
    const again = () => void this.#answerAgain(itemId, input);
    if (await this.#stillOpen(id, asked, again)) await this.answerQuestions(itemId, input);
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

  async #load(id: string): Promise<void> {
    const { thread, state } = this;
    state.failure = null;
    state.phase = "loading";
    this.host.changed();
    this.host.emit("chatkit.thread.load.start", { threadId: id });
    let run: string | null = null;
    let gone = false;
    try {
      run = await this.read(id);
    } catch (error) {
      gone = (error as ApiError).status === 404;
      if (thread === this.thread) state.fail(error, () => void this.refresh(), { opening: true });
    }
    if (thread !== this.thread) return;
    state.phase = "idle";
    this.#loading = null;
    this.host.emit("chatkit.thread.load.end", { threadId: id });
    if (gone) this.forget(id);
    if (!state.failure) this.#goOn(run);
  }

  /** True unless the server has the message, or what answers it, by now, or is still answering, or takes no more. */
  async #stillOpen(id: string, question: Entry, again = () => void this.again(question)): Promise<boolean> {
    const { thread, state } = this;
    // Of an answer that broke off within its words, those are known here.
    const begun = !this.unanswered.has(question);
    state.phase = "loading";
    this.host.changed();
    const reading = this.read(id);
    const over = reading.then(
      () => undefined,
      () => undefined,
    );
    this.#loading = over;
    let run: string | null = null;
    try {
      run = await reading;
    } catch (error) {
      if (thread === this.thread) state.fail(error, again, { question });
      return false;
    } finally {
      if (thread === this.thread) state.phase = "idle";
      if (this.#loading === over) this.#loading = null;
      this.host.changed();
    }
    if (thread !== this.thread) return false;
    const asks = question.item.type === "structured_input";
    const open = asks ? question.pending : question.message || begun || this.unanswered.has(question);
    if (!run && thread.open && thread.entries.includes(question) && open) return true;
    state.failure = null;
    this.#goOn(run);
    return false;
  }

  #goOn(run: string | null): void {
    if (run) void this.#attach(run);
    else void this.#answering.goOn();
  }

  /** Reads the newest page of a thread; returns its live run. What is read is not shown unless it is `wanted` still. */
  async read(id: string, wanted = () => true): Promise<string | null> {
    const { thread } = this;
    const { value, run, items, earlier } = await newest(this.host.client, id);
    await this.host.prepared(items);
    if (thread === this.thread && wanted()) {
      thread.load(value, items, earlier);
      this.keep();
    }
    return run;
  }

  async #attach(run: string): Promise<void> {
    this.state.clear();
    await this.#answering.answer(async (signal) => ({ ...(await this.host.client.events(run, 0, signal)), run }), {
      refused: () => undefined,
      again: () => void this.lookAgain(),
      replay: true,
    });
  }
}
