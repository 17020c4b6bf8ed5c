/** Questions that the server never took: kept in this tab, for the thread that they belong to. */
import { tab } from "../kept";
import type { UserMessageItem } from "../wire/protocol";
import type { Message } from "./entry";
import { localId } from "./ids";

export class Unsent {
  /** `scope` keeps those of two servers, or of two elements, apart. */
  constructor(private readonly scope: () => string) {}

  read(thread: string | null): Message[] {
    const kept = tab.read<Message[]>(this.#name(thread));
    return Array.isArray(kept) ? kept : [];
  }

  keep(thread: string | null, messages: Message[]): void {
    tab.write(this.#name(thread), messages.length ? messages : null);
  }

  #name(thread: string | null): string {
    return `unsent:${this.scope()}:${thread ?? ""}`;
  }
}

/** A message as the item that is shown until the server has it. */
export function itemOf({ input, attachments }: Message): UserMessageItem {
  return {
    type: "user_message",
    id: localId(),
    created_at: new Date().toISOString(),
    content: input.content,
    attachments,
    quoted_text: input.quoted_text,
  };
}
