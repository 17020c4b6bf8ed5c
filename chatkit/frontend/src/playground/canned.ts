/** A server inside the page: canned answers to the element's requests. Nothing leaves the browser. */
import type { ServerEvent, ThreadItem, WidgetNode, WireThread } from "../wire/protocol";

export interface Texts {
  question: string;
  answer: string;
  error: string;
  widget: string;
  sent: string;
  show: string;
  noFiles: string;
}

/** The state that the next question leads to. */
export type State = "empty" | "answer" | "streaming" | "widgets" | "error";

const WORD_MS = 90;
const WHEN = "2026-01-01T09:00:00Z";

export class CannedServer {
  next: State = "answer";
  #number = 0;

  constructor(
    private readonly texts: Texts,
    private readonly wait = (ms: number) => new Promise<void>((done) => void setTimeout(done, ms)),
  ) {}

  readonly fetch = async (_address: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const asked = request(init.body);
    switch (asked.type) {
      case "threads.create":
      case "threads.add_user_message":
      case "threads.retry_after_item":
        return this.#stream(asked, init.signal ?? null);
      case "threads.get_by_id":
        return Response.json(this.#thread(String(asked.params.thread_id)));
      case "attachments.create":
        return Response.json({ error: { code: "forbidden", message: this.texts.noFiles } }, { status: 403 });
      default:
        return Response.json({ data: [], has_more: false });
    }
  };

  #thread(id: string): WireThread {
    const question = this.#question(`${id}-question`, this.texts.question);
    const answer: ThreadItem =
      id === "widgets"
        ? { id: `${id}-widget`, type: "widget", created_at: WHEN, thread_id: id, widget: card(this.texts) }
        : this.#answer(`${id}-answer`, this.texts.answer);
    return { ...thread(id), title: this.texts.question, items: { data: [question, answer], has_more: false } };
  }

  #question(id: string, text: string): ThreadItem {
    return { id, type: "user_message", created_at: WHEN, content: [{ type: "input_text", text }], attachments: [] };
  }

  #answer(id: string, text: string): ThreadItem {
    const content = [{ type: "output_text" as const, text, annotations: [] }];
    return { id, type: "assistant_message", created_at: WHEN, content };
  }

  #stream(asked: Asked, signal: AbortSignal | null): Response {
    const events = this.#events(asked, signal);
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { value, done } = await events.next();
        if (done || signal?.aborted) controller.close();
        else controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(value)}\n\n`));
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }

  async *#events(asked: Asked, signal: AbortSignal | null): AsyncGenerator<ServerEvent> {
    const state = this.next;
    this.next = "answer";
    const id = `canned-${++this.#number}`;
    if (asked.type === "threads.create") yield { type: "thread.created", thread: thread(id) };
    const text = asked.params.input?.content?.map((part) => part.text ?? "").join("");
    if (text !== undefined) yield { type: "thread.item.done", item: this.#question(`${id}-question`, text) };
    if (state === "error") {
      yield { type: "error", code: "custom", message: this.texts.error, allow_retry: true };
      return;
    }
    const item = `${id}-answer`;
    yield { type: "thread.item.added", item: this.#answer(item, "") };
    const words = (state === "streaming" ? `${this.texts.answer}\n\n`.repeat(4) : this.texts.answer).match(/\S*\s*/g);
    for (const delta of words ?? []) {
      if (signal?.aborted) return;
      await this.wait(WORD_MS);
      const update = { type: "assistant_message.content_part.text_delta" as const, content_index: 0, delta };
      yield { type: "thread.item.updated", item_id: item, update };
    }
    yield { type: "thread.item.done", item: this.#answer(item, (words ?? []).join("")) };
  }
}

interface Asked {
  type: string;
  params: { thread_id?: string; input?: { content?: { text?: string }[] } };
}

function request(body: BodyInit | null | undefined): Asked {
  try {
    return { params: {}, ...(JSON.parse(String(body)) as Partial<Asked>) } as Asked;
  } catch {
    return { type: "", params: {} };
  }
}

function thread(id: string): WireThread {
  return { id, created_at: WHEN, status: { type: "active" }, metadata: {} };
}

function card({ widget, sent, show }: Texts): WidgetNode {
  return {
    type: "Card",
    size: "sm",
    children: [
      {
        type: "Row",
        justify: "between",
        children: [
          { type: "Title", value: widget, size: "sm" },
          { type: "Badge", label: sent, color: "success" },
        ],
      },
      { type: "Divider" },
      { type: "Button", label: show, onClickAction: { type: "show", handler: "client" } },
    ],
  };
}
