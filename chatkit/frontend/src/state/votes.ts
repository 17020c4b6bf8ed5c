/** What readers say of answers: that they are good or bad, and why a bad one is. */
import type { FeedbackReason } from "../wire/protocol";
import type { ConversationState } from "./conversation-state";
import type { Entry } from "./entry";
import type { Host } from "./host";
import type { Thread } from "./thread";

type Kind = "positive" | "negative";

interface Place {
  readonly thread: Thread;
  readonly state: ConversationState;
}

export class Votes {
  /** The last one that was sent: what was said last must be stored last. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly host: Host,
    private readonly place: Place,
  ) {}

  async give(entry: Entry, kind: Kind): Promise<void> {
    const { feedback, reason } = entry;
    entry.feedback = kind;
    if (kind === "positive") entry.reason = null;
    // Another server than ours would throw the answer away.
    entry.asking = kind === "negative" && "getClientSecret" in this.host.options.api;
    await this.#send(entry, kind, undefined, () => {
      Object.assign(entry, { feedback, reason, asking: false });
      return () => void this.give(entry, kind);
    });
  }

  /** Says why an answer is a bad one. The vote itself was sent before. */
  async explain(entry: Entry, reason: FeedbackReason, comment = ""): Promise<void> {
    const before = entry.reason;
    entry.reason = reason;
    await this.#send(entry, "negative", { reason, ...(comment ? { comment } : {}) }, () => {
      entry.reason = before;
      return () => void this.explain(entry, reason, comment);
    });
  }

  /** Takes the question what was wrong off the screen. */
  stopAsking(entry: Entry): void {
    entry.asking = false;
    this.#show(entry);
  }

  async #send(entry: Entry, kind: Kind, why: object | undefined, undo: () => () => void): Promise<void> {
    const { host, place } = this;
    const { thread } = place;
    const params = { thread_id: thread.id, item_ids: [entry.id], kind };
    const metadata = why && { "chatkit.feedback": why };
    this.#show(entry);
    const sent = this.#last.then(() => host.client.call("items.feedback", params, { metadata }));
    this.#last = sent.catch(() => undefined);
    try {
      await sent;
      host.announce(host.strings.feedbackThanks);
    } catch (error) {
      const again = undo();
      if (place.thread === thread) place.state.fail(error, again);
    }
    this.#show(entry);
  }

  #show(entry: Entry): void {
    entry.touch();
    this.host.changed();
  }
}
