/** Questions that the server never took: kept in this tab, for the thread that they belong to. */
import { tab } from "../kept";
import type { Message } from "./entry";

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
