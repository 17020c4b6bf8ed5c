/** What a press on "Try again" does. */
import type { Conversation } from "./conversation";

/** Null where nothing failed that can be tried again, or the server would refuse it. */
export function tryAgain({ state, thread }: Pick<Conversation, "state" | "thread">): (() => void) | null {
  const { failure } = state;
  // To look is allowed in any conversation, to ask again is not.
  return failure && (!failure.question || thread.open) ? failure.retry : null;
}

/** The network is back: sends what it kept from the server, one after the other's answer, in the order of the screen. */
export async function networkBack(conversation: Conversation): Promise<void> {
  const { thread, state } = conversation;
  if (state.busy || state.failure?.error.code !== "network") return;
  const unreached = thread.entries.filter((entry) => entry.state === "unsent" && entry.unreached);
  if (!unreached.length || !thread.open) return tryAgain(conversation)?.();
  for (const question of unreached) {
    await conversation.again(question);
    // What comes after it is not asked where this one failed, or was stopped, or left.
    if (state.failure || state.stopped || thread !== conversation.thread) return;
  }
}
