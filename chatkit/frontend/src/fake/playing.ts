/** The events of an answer, made of the steps of a script. */
import type { Annotation, AssistantMessageItem, ItemUpdate, ServerEvent, Source, WidgetNode } from "../wire/protocol";
import type { FakeAnswer, FakeStep } from "./chatkit-testing";
import { asGiven } from "./given";
import type { Ids } from "./ids";

/** What is done between two events: waiting, being held, breaking off. */
export type Pause = { wait: number } | { hold: true } | { cut: true };

/** The events and pauses of an answer, in order. */
export function* played(answer: FakeAnswer, ids: Ids): Generator<ServerEvent | Pause> {
  let message: Message | null = null;
  for (const step of typeof answer === "string" ? [answer] : answer) {
    if (typeof step === "string" || "source" in step) {
      if (!message) {
        message = new Message(ids.next("msg"));
        yield* message.begin();
      }
      yield typeof step === "string" ? message.add(step) : message.cite(step.source as Cited);
      continue;
    }
    if (message && endsMessage(step)) {
      yield message.end();
      message = null;
    }
    yield eventOf(step, ids);
    if ("error" in step) return;
  }
  if (message) yield message.end();
}

/** What comes between the pieces of a message, or breaks it off, leaves it open. */
function endsMessage(step: Exclude<FakeStep, string>): boolean {
  return "widget" in step || "clientTool" in step || "event" in step;
}

function eventOf(step: Exclude<FakeStep, string>, ids: Ids): ServerEvent | Pause {
  if ("event" in step) return asGiven<ServerEvent>(step.event);
  if ("progress" in step) {
    return { type: "progress_update", text: step.progress, ...(step.icon ? { icon: step.icon } : {}) };
  }
  if ("effect" in step) return { type: "client_effect", name: step.effect, data: step.data ?? {} };
  if ("error" in step) {
    return { type: "error", code: "custom", message: step.error, allow_retry: step.retry ?? false };
  }
  if ("widget" in step) {
    const copied = step.copyText === undefined ? {} : { copy_text: step.copyText };
    const widget = step.widget as WidgetNode;
    return { type: "thread.item.done", item: { id: ids.next("msg"), type: "widget", widget, ...copied } };
  }
  if ("clientTool" in step) {
    const id = ids.next("ctc");
    const call = { name: step.clientTool, arguments: step.arguments ?? {} };
    return {
      type: "thread.item.done",
      item: { id, call_id: id, type: "client_tool_call", status: "pending", ...call },
    };
  }
  return step as Pause;
}

interface Cited {
  title: string;
  url?: string;
  filename?: string;
}

/** One message of the assistant, as it is written. */
class Message {
  #text = "";
  readonly #annotations: Annotation[] = [];

  constructor(private readonly id: string) {}

  *begin(): Generator<ServerEvent> {
    yield { type: "thread.item.added", item: this.#item([]) };
    const content = { type: "output_text", text: "", annotations: [] } as const;
    yield this.#updated({
      type: "assistant_message.content_part.added",
      content_index: 0,
      content: { ...content } as never,
    });
  }

  add(delta: string): ServerEvent {
    this.#text += delta;
    return this.#updated({ type: "assistant_message.content_part.text_delta", content_index: 0, delta });
  }

  cite({ title, url, filename }: Cited): ServerEvent {
    const source: Source =
      filename === undefined ? { type: "url", title, url: url ?? "" } : { type: "file", title, filename };
    // As Python counts: an emoji is one.
    const annotation: Annotation = { type: "annotation", source, index: [...this.#text].length };
    const annotation_index = this.#annotations.push(annotation) - 1;
    const type = "assistant_message.content_part.annotation_added";
    return this.#updated({ type, content_index: 0, annotation_index, annotation });
  }

  end(): ServerEvent {
    const content = { type: "output_text", text: this.#text, annotations: this.#annotations } as const;
    return { type: "thread.item.done", item: this.#item([content]) };
  }

  #item(content: AssistantMessageItem["content"]): AssistantMessageItem {
    return { id: this.id, type: "assistant_message", content };
  }

  #updated(update: ItemUpdate): ServerEvent {
    return { type: "thread.item.updated", item_id: this.id, update };
  }
}
