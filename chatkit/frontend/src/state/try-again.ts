/** What a press on "Try again" does. */
import type { Conversation } from "./conversation";

/** Null where nothing failed that can be tried again, or the server would refuse it. */
export function tryAgain({ state, thread }: Pick<Conversation, "state" | "thread">): (() => void) | null {
  const { failure } = state;
  // To look is allowed in any conversation, to ask again is not.
  return failure && (!failure.question || thread.open) ? failure.retry : null;
}
