/** A conversation with a server behind it, a question and its answer. */
import { Conversation } from "../state/conversation";
import type { AssistantMessageItem, ServerEvent, UserMessageInput, WireThread } from "../wire/protocol";
import { FakeHost, json } from "./fake-host";

export const THREAD: WireThread = { id: "t1", created_at: "2026-01-01T00:00:00Z", title: "Returns" };
export const INPUT: UserMessageInput = {
  content: [{ type: "input_text", text: "How?" }],
  attachments: [],
  inference_options: {},
};
export const QUESTION = { id: "q", type: "user_message", content: INPUT.content } as const;

export function answer(text: string, id = "a"): AssistantMessageItem {
  return { id, type: "assistant_message", content: text ? [{ type: "output_text", text }] : [] };
}

export const CREATED: ServerEvent = { type: "thread.created", thread: THREAD };
export const ASKED: ServerEvent = { type: "thread.item.done", item: QUESTION as never };
export const WHOLE: ServerEvent[] = [
  CREATED,
  ASKED,
  { type: "thread.item.added", item: answer("") },
  { type: "thread.item.done", item: answer("**So.**") },
];

/** A conversation in which nothing was said, in a browser that has kept nothing. */
export function begun(): { host: FakeHost; conversation: Conversation } {
  sessionStorage.clear();
  localStorage.clear();
  const host = new FakeHost();
  return { host, conversation: new Conversation(host) };
}

export function textsOf({ thread }: Conversation): string[] {
  return thread.entries.map(({ text }) => text);
}

/** What the page was told, without the prefix that all events have. */
export function namesOf({ emitted }: FakeHost): string[] {
  return emitted.map(({ name }) => name.replace("chatkit.", ""));
}

/** Opens the thread with a question and its answer; `run` is one that lives. */
export async function opened(host: FakeHost, conversation: Conversation, run?: string): Promise<void> {
  const items = { data: [QUESTION, answer("Old.", "o")], has_more: false };
  host.on("threads.get_by_id", ({ params }) =>
    json({ ...THREAD, id: params.thread_id, ...(params.thread_id === "t1" ? { items } : {}) }, run),
  );
  await conversation.open("t1");
}
