/** Where a conversation stands: what the screen shows beside its items. */
import { ApiError, fromHost } from "../wire/api-error";
import type { Entry } from "./entry";
import { type Host, report } from "./host";

export type Phase = "idle" | "loading" | "waiting" | "answering" | "stopping";

export interface Notice {
  level: "info" | "warning" | "danger";
  title?: string;
  message: string;
}

/** Something that did not work, and what a press on its button does. */
export interface Failure {
  error: ApiError;
  retry: (() => void) | null;
  /** Set when a thread could not be opened at all: the failure is then all there is to show. */
  opening?: boolean;
  /** The question that got no answer. */
  question?: Entry;
}

export class ConversationState {
  phase: Phase = "idle";
  failure: Failure | null = null;
  notices: Notice[] = [];
  progress: { text: string; icon?: string } | null = null;
  /** The last answer was ended by the person. */
  stopped = false;
  canStop = true;
  reconnecting = false;
  /** Seconds without a word of the answer, in steps: 0, 10, 30. */
  waited = 0;
  /** The server goes on with the answer where nobody listens. */
  kept = false;

  /** `refresh` reads the thread again: what to do where another answer to it is being written. */
  constructor(
    private readonly host: Host,
    private readonly refresh: () => void,
  ) {}

  /** True while an answer is on its way. */
  get busy(): boolean {
    return this.phase === "waiting" || this.phase === "answering" || this.phase === "stopping";
  }

  /** Throws unless something new may be sent. */
  mustBeFree(): void {
    if (this.busy) throw new ApiError("busy", "An answer is being written; wait for its end or stop it.");
    if (this.phase === "loading") throw new ApiError("busy", "The conversation is still loading.");
  }

  /** Forgets what the last answer left. */
  clear(): void {
    this.failure = null;
    this.notices = [];
    this.stopped = false;
    this.canStop = true;
    this.progress = null;
  }

  /** The answer is over. */
  settle(): void {
    this.phase = "idle";
    this.progress = null;
    this.reconnecting = false;
    this.waited = 0;
    this.kept = false;
  }

  /** Shows and reports a failure. */
  fail(thrown: unknown, retry: (() => void) | null, about: Pick<Failure, "opening" | "question"> = {}): void {
    const error = fromHost(thrown, "unknown");
    this.failure = { error, retry: error.code === "run_in_progress" ? this.refresh : retry, ...about };
    report(this.host, error);
  }
}
