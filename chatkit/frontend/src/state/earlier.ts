/** Reads what came before the messages of a thread that are here. */
import type { ThreadItem } from "../wire/protocol";
import type { ConversationState } from "./conversation-state";
import type { Host } from "./host";
import { before } from "./pages";
import type { Thread } from "./thread";

interface Place {
  readonly thread: Thread;
  readonly state: ConversationState;
  lookAgain(look: () => Promise<unknown>): Promise<void>;
}

export class Earlier {
  #reading: { thread: Thread; over: Promise<void> } | null = null;

  constructor(
    private readonly host: Host,
    private readonly place: Place,
  ) {}

  get loading(): boolean {
    return this.#reading?.thread === this.place.thread;
  }

  /** Whoever asks again meanwhile waits for the same. */
  async load(): Promise<void> {
    const { thread } = this.place;
    const { id, earlier } = thread;
    if (id === null || earlier === null) return;
    if (!this.loading) this.#reading = { thread, over: this.#read(thread, id, earlier) };
    await this.#reading?.over;
  }

  async #read(thread: Thread, id: string, cursor: string | null): Promise<void> {
    this.host.changed();
    try {
      let found: ThreadItem[] = [];
      // Hidden items are left out of a page after it was cut: an empty one is not the end.
      while (!found.length && cursor !== null) {
        const page = await before(this.host.client, id, cursor);
        await this.host.prepared(page.items);
        if (this.place.thread !== thread) return;
        found = page.items;
        cursor = page.earlier;
        thread.prepend(found, cursor);
      }
    } catch (error) {
      const again = () => void this.place.lookAgain(() => this.load());
      if (this.place.thread === thread) this.place.state.fail(error, again);
    } finally {
      if (this.#reading?.thread === thread) this.#reading = null;
      this.host.changed();
    }
  }
}
