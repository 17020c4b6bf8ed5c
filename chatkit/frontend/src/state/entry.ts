/** One item of a thread as the element keeps it: the wire's item and what only the screen needs. */
import type {
  FeedbackReason,
  OutputText,
  ThreadItem,
  UserMessageInput,
  UserMessageItem,
  WireAttachment,
} from "../wire/protocol";
import { TextPart } from "./text-part";

/** `local`: not confirmed by the server yet; `unsent`: never taken by it; `streaming`: still growing. */
export type EntryState = "local" | "unsent" | "streaming" | "done";

/**
 * A message as it is sent, and the id of the item that it followed. By its `key` the server knows it again, in the
 * thread that it was sent to first: null for one that was to begin with it.
 */
export interface Message {
  key: string;
  thread: string | null;
  input: UserMessageInput;
  attachments: WireAttachment[];
  after: string | null;
  /** When it was asked. */
  asked: string;
  /** The question in whose place it is asked. */
  edits?: string;
}

const HIDDEN = new Set(["hidden_context_item", "sdk_hidden_context", "end_of_turn"]);

export class Entry {
  /** Raised on every change that needs a new rendering; text that merely grows does not. */
  version = 0;
  /** The text parts of an assistant's message, else empty. */
  parts: TextPart[] = [];
  /** 0..1 while an image is being made. */
  imageProgress: number | undefined;
  feedback: "positive" | "negative" | null = null;
  /** What was wrong with it, once its reader has said so; `asking` while the question stands under it. */
  reason: FeedbackReason | null = null;
  asking = false;
  /** A long question is shown whole. */
  unfolded = false;
  /** Widgets: an action is under way; the key names the control, "" the whole widget. */
  busy: string | null = null;
  /** Widgets: the card's main action is through. */
  confirmed = false;
  /** What to send, as long as the server does not have it. */
  message: Message | null = null;
  /** The server could not be reached with it: it is sent once the network is back. */
  unreached = false;
  /** False for a question that the server does not want to hear again. */
  again = true;
  /** Stays the same when a local message gets its id from the server, so that its DOM stays too. */
  readonly key: string;
  #item: ThreadItem;
  #state: EntryState;

  constructor(item: ThreadItem, state: EntryState) {
    this.key = item.id;
    this.#item = item;
    this.#state = state;
    this.#adopt(item);
  }

  get id(): string {
    return this.#item.id;
  }

  get item(): ThreadItem {
    return this.#item;
  }

  get state(): EntryState {
    return this.#state;
  }

  /** False for items that have nothing to show. */
  get visible(): boolean {
    return !HIDDEN.has(this.#item.type) && this.#item.type !== "client_tool_call";
  }

  /** Questions that wait for their answers. */
  get pending(): boolean {
    return this.#item.type === "structured_input" && this.#item.status === "pending";
  }

  /** The plain text of the message, as the copy button takes it. */
  get text(): string {
    if (this.#item.type === "user_message") return userText(this.#item);
    return this.parts.map((part) => part.text).join("\n\n");
  }

  /** A message that was but a file which is gone: there is nothing to send. */
  get hollow(): boolean {
    return this.message !== null && !this.message.attachments.length && !this.text.trim();
  }

  set(item: ThreadItem, state: EntryState): void {
    const same = state === this.#state && JSON.stringify(item) === JSON.stringify(this.#item);
    this.#item = item;
    this.#state = state;
    this.message = null;
    this.#adopt(item);
    if (!same) this.version++;
  }

  setState(state: EntryState): void {
    if (state === this.#state) return;
    this.#state = state;
    if (state !== "streaming") for (const part of this.parts) part.finish();
    this.version++;
  }

  /** Takes a file off the message that the server keeps no more. */
  leaveOut(file: string): void {
    const { message } = this;
    if (!message || this.#item.type !== "user_message") return;
    const attachments = message.attachments.filter(({ id }) => id !== file);
    const input = { ...message.input, attachments: message.input.attachments.filter((id) => id !== file) };
    this.message = { ...message, input, attachments };
    this.#item = { ...this.#item, attachments };
    this.version++;
  }

  touch(): void {
    this.version++;
  }

  /** The part at `index`, made with all those before it where the server never announced them. */
  part(index: number): TextPart {
    while (this.parts.length <= index) {
      this.parts.push(new TextPart());
      this.version++;
    }
    const part = this.parts[index];
    if (!part) throw new RangeError(`There is no part ${index}.`);
    return part;
  }

  #adopt(item: ThreadItem): void {
    if (item.type !== "assistant_message") return;
    const contents = listOf<OutputText>(item.content);
    for (const [index, content] of contents.entries()) this.part(index).replace(content);
    this.parts.length = Math.max(contents.length, this.#state === "streaming" ? this.parts.length : 0);
    if (this.#state !== "streaming") for (const part of this.parts) part.finish();
  }
}

function userText(item: UserMessageItem): string {
  return listOf<{ text: string }>(item.content)
    .map(({ text }) => text)
    .join("");
}

/** The objects of a list that a server sent, which may have sent anything. */
function listOf<T extends object>(given: unknown): T[] {
  return Array.isArray(given) ? given.filter((one): one is T => typeof one === "object" && one !== null) : [];
}
