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
  const { failure } = state;
  if (state.busy || failure?.error.code !== "network") return;
  const kept = thread.entries.filter((entry) => thread.open && entry.state === "unsent" && entry.unreached);
  // What comes next is not asked where one has failed again, or was stopped, or the chat was left.
  const over = () => state.failure !== null || state.stopped || thread !== conversation.thread;
  if (!kept.some((question) => question === failure.question)) {
    // The last that failed was something else, as another answer to a question that the server has.
    tryAgain(conversation)?.();
    if (!kept.length) return;
    await conversation.update();
    if (over()) return;
  }
  for (const question of kept) {
    await conversation.again(question);
    if (over()) return;
  }
}
