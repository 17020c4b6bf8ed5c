/** Answers the requests of the protocol. */
import type { ServerEvent, ThreadItem, UserMessageInput } from "../wire/protocol";
import type { Answers } from "./answers";
import type { FakeAnswer, FakeOptions, FakeRefusal, FakeRequest, FakeVote } from "./chatkit-testing";
import type { Files } from "./files";
import { asGiven } from "./given";
import type { Ids } from "./ids";
import { type Pause, played } from "./playing";
import { type Pace, streamed } from "./streaming";
import { described, type Kept, NotFound, pageOf, type Threads } from "./threads";

interface Host extends Pace {
  readonly options: FakeOptions;
  readonly ids: Ids;
  readonly threads: Threads;
  readonly files: Files;
  readonly votes: FakeVote[];
  readonly answers: Answers;
}

type Steps = Iterable<ServerEvent | Pause>;
const TITLE_LENGTH = 60;

export function refused({ status, code = "refused", message = "", headers }: FakeRefusal): Response {
  return Response.json({ error: { code, message } }, { status, ...(headers ? { headers } : {}) });
}

export class Server {
  constructor(private readonly host: Host) {}

  answer(request: FakeRequest, url: string, body: unknown, signal: AbortSignal): Response {
    try {
      const asked = this.#asked(request);
      if (!asked) return this.#told(request, url, body);
      const [thread, steps] = asked;
      return streamed(steps, this.host, signal, (event) => this.#kept(thread, event));
    } catch (error) {
      if (error instanceof NotFound) return refused({ status: 404, code: "not_found", message: "Not found." });
      throw error;
    }
  }

  /** The thread and the events of a request that is answered by a stream; null for the others. */
  #asked(request: FakeRequest): [Kept, Steps] | null {
    const { ids, threads, answers } = this.host;
    const { type, params } = request;
    if (type === "threads.create") {
      const input = params.input as UserMessageInput;
      const message = this.#message(input);
      const thread = threads.begin(request.text.slice(0, TITLE_LENGTH));
      const begun: ServerEvent = { type: "thread.created", thread: described(thread) };
      return [thread, this.#turn([begun, message], () => answers.to(request))];
    }
    const streams = STREAMS.has(type) ? threads.get(params.thread_id) : null;
    if (!streams) return null;
    switch (type) {
      case "threads.add_user_message":
        return [streams, this.#turn([this.#message(params.input as UserMessageInput)], () => answers.to(request))];
      case "threads.add_client_tool_output":
        this.#complete(streams, params.result);
        break;
      case "threads.add_structured_input":
        this.#answered(streams, params);
        break;
      case "threads.retry_after_item":
        request.text = retried(streams, params.item_id);
        break;
      case "threads.custom_action":
        return [streams, played(answers.after(request), ids)];
    }
    return [streams, this.#turn([], () => answers.to(request))];
  }

  *#turn(before: ServerEvent[], answer: () => FakeAnswer): Generator<ServerEvent | Pause> {
    yield* before;
    yield { type: "stream_options", stream_options: { allow_cancel: true } };
    yield* played(answer(), this.host.ids);
  }

  /** What a request without a stream is told. */
  #told(request: FakeRequest, url: string, body: unknown): Response {
    const { threads, files, options, votes, answers } = this.host;
    const { type, params } = request;
    switch (type) {
      case "threads.get_by_id":
        return Response.json(described(threads.get(params.thread_id), true));
      case "threads.list":
        return Response.json(
          pageOf(
            threads.all.map((thread) => described(thread)),
            params,
          ),
        );
      case "items.list":
        return Response.json(pageOf(threads.get(params.thread_id).items, params));
      case "threads.update": {
        const thread = threads.get(params.thread_id);
        thread.title = String(params.title);
        return Response.json(described(thread));
      }
      case "threads.delete":
        threads.delete(params.thread_id);
        return Response.json({});
      case "items.feedback": {
        const thread = threads.get(params.thread_id);
        votes.push({
          threadId: thread.id,
          itemIds: params.item_ids as string[],
          kind: params.kind as FakeVote["kind"],
        });
        return Response.json({});
      }
      case "threads.sync_custom_action": {
        const thread = threads.get(params.thread_id);
        const told = answers.replaced(request);
        if (!told) return Response.json({});
        const item = asGiven<ThreadItem>({ ...told.item, id: told.item.id ?? params.item_id });
        return Response.json({ updated_item: threads.keep(thread, item) });
      }
      case "attachments.create":
      case "upload": {
        const taken = options.attachments ?? true;
        if (taken !== true) {
          return refused({ status: 400, code: "attachment_refused", message: taken || "No files are taken here." });
        }
        const id = type === "upload" ? (/\/upload\/([^/?]+)/.exec(url)?.[1] ?? null) : null;
        return Response.json(type === "upload" ? files.upload(id, body) : files.announce(params, url));
      }
      case "attachments.delete":
        files.delete(params.attachment_id);
        return Response.json({});
      case "input.transcribe":
        return Response.json({ text: options.dictation ?? "" });
      default:
        return refused({ status: 400, code: "invalid_request", message: `There is no request ${type}.` });
    }
  }

  /** The event of a user's message. */
  #message({ content, attachments, inference_options, quoted_text }: UserMessageInput): ServerEvent {
    const item: ThreadItem = {
      id: this.host.ids.next("msg"),
      type: "user_message",
      content,
      attachments: this.host.files.named(attachments),
      inference_options,
      ...(quoted_text === undefined ? {} : { quoted_text }),
    };
    return { type: "thread.item.done", item };
  }

  /** Keeps what an event brings, and gives the event as it is sent. */
  #kept(thread: Kept, event: ServerEvent): ServerEvent {
    switch (event.type) {
      case "thread.item.done":
      case "thread.item.replaced":
        return { ...event, item: this.host.threads.keep(thread, event.item) };
      case "thread.item.added":
        return { ...event, item: { created_at: this.host.ids.now(), ...event.item, thread_id: thread.id } };
      case "thread.item.removed":
        thread.items = thread.items.filter(({ id }) => id !== event.item_id);
        return event;
      case "thread.updated":
        if (event.thread.title !== undefined) thread.title = event.thread.title;
        if (event.thread.status !== undefined) thread.status = event.thread.status;
        return event;
      default:
        return event;
    }
  }

  #complete(thread: Kept, output: unknown): void {
    const call = thread.items.at(-1);
    if (call?.type !== "client_tool_call" || call.status !== "pending") throw new NotFound();
    Object.assign(call, { status: "completed", output });
  }

  /** Keeps what was answered to questions. */
  #answered(thread: Kept, { item_id, input }: Record<string, unknown>): void {
    const item = thread.items.find(({ id }) => id === item_id);
    if (item?.type !== "structured_input") throw new NotFound();
    const { status = "answered", answers = {} } = input as Submitted;
    const inputs = item.inputs.map((question) => {
      const answer = answers[question.id];
      return answer ? { ...question, answer } : question;
    });
    Object.assign(item, { status, inputs });
  }
}

interface Submitted {
  status?: "answered" | "skipped";
  answers?: Record<string, { values?: string[]; skipped?: boolean }>;
}

const STREAMS = new Set([
  "threads.add_user_message",
  "threads.add_client_tool_output",
  "threads.add_structured_input",
  "threads.retry_after_item",
  "threads.custom_action",
]);

/** Takes away what was said after a question, since it is said anew; the question's text. */
function retried(thread: Kept, itemId: unknown): string {
  const at = thread.items.findIndex(({ id }) => id === itemId);
  const question = thread.items[at];
  if (question?.type !== "user_message") throw new NotFound();
  thread.items.splice(at + 1);
  return question.content.map(({ text }) => text).join("");
}
