/** Questions that the server never took: kept in this tab, for the thread that they belong to. */
import { tab } from "../kept";
import type { UserMessageInput, UserMessageItem } from "../wire/protocol";
import type { Message } from "./entry";
import { localId } from "./ids";
import type { Thread } from "./thread";

export class Unsent {
  /** The thread under which they are kept now. */
  #keptFor: string | null = null;

  /** `scope` keeps those of two servers, or of two elements, apart. */
  constructor(private readonly scope: () => string) {}

  /** Puts into a thread what was kept of it. */
  restore(thread: Thread): void {
    this.#keptFor = thread.id;
    const kept = tab.read<Message[]>(this.#name(thread.id));
    for (const message of Array.isArray(kept) ? kept : []) thread.addLocal(itemOf(message), message, "unsent");
  }

  /** Keeps those of a thread for the next time that it is shown; of a temporary one none. */
  keep({ id, messages, temporary }: Thread): void {
    // A conversation that got its id takes along what was kept for it.
    if (id !== this.#keptFor) this.#write(this.#keptFor, []);
    this.#keptFor = id;
    this.#write(id, temporary ? [] : messages);
  }

  #write(thread: string | null, messages: Message[]): void {
    tab.write(this.#name(thread), messages.length ? messages : null);
  }

  #name(thread: string | null): string {
    return `unsent:${this.scope()}:${thread ?? ""}`;
  }
}

/** A message as the item that is shown until the server has it. */
export function itemOf({ input, attachments, asked }: Message): UserMessageItem {
  return {
    type: "user_message",
    id: localId(),
    created_at: asked,
    content: input.content,
    attachments,
    quoted_text: input.quoted_text,
  };
}

/** A question that the server has, as it is sent once more. */
export function inputOf({
  content,
  attachments = [],
  quoted_text,
  inference_options = {},
}: UserMessageItem): UserMessageInput {
  const ids = attachments.map(({ id }) => id);
  return { content, attachments: ids, inference_options, ...(quoted_text ? { quoted_text } : {}) };
}
