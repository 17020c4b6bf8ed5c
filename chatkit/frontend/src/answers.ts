/**
 * What the tabs of a site know of the assistant's last answer: of which conversation, whether it is being
 * written, and whether nobody has seen it. An id and two flags, no text; gone with the user it belongs to.
 */
import { site } from "./kept";

export interface Answer {
  thread: string | null;
  running: boolean;
  unread: boolean;
  /** When it was begun, by this browser's clock. */
  at: number;
}

const NONE: Answer = { thread: null, running: false, unread: false, at: 0 };

const named = (workflow: string) => `answer:${workflow}`;

export function lastAnswer(workflow: string): Answer {
  return { ...NONE, ...site.read<Answer>(named(workflow)) };
}

/** Keeps what has changed of it. */
export function noteAnswer(workflow: string, change: Partial<Answer>): void {
  const now = lastAnswer(workflow);
  const next = { ...now, ...change };
  if (JSON.stringify(now) !== JSON.stringify(next)) site.write(named(workflow), next);
}

/** Calls back when another tab has changed it. */
export function onAnswer(workflow: string, callback: () => void, signal: AbortSignal): void {
  const name = `chatkit:${named(workflow)}`;
  addEventListener("storage", ({ key }) => (key === name || key === null) && callback(), { signal });
}
