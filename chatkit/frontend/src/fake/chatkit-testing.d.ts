/**
 * Types of `chatkit-testing.js`: a backend for tests of front ends, which answers from a script. It speaks the
 * ChatKit protocol by a `fetch` of its own, in browsers and in Node.js, and needs no server and no DOM.
 */

/** One step of an answer: a piece of text, or an object with one of these keys. */
export type FakeStep =
  | string
  /** Cited behind the text so far. */
  | { source: { title: string; url?: string; filename?: string } }
  /** A widget, by its root. */
  | { widget: { type: string; [property: string]: unknown }; copyText?: string }
  /** A call of a tool of the page, which ends the answer; what the page returns takes the next answer. */
  | { clientTool: string; arguments?: Record<string, unknown> }
  /** What the assistant is doing. */
  | { progress: string; icon?: string }
  /** An effect for the page. */
  | { effect: string; data?: Record<string, unknown> }
  /** The answer ends in an error. */
  | { error: string; retry?: boolean }
  /** Milliseconds in which nothing comes. */
  | { wait: number }
  /** Nothing comes until `backend.go()`. */
  | { hold: true }
  /** The connection breaks. */
  | { cut: true }
  /** Any event of the protocol, as it is. */
  | { event: { type: string; [property: string]: unknown } };

export type FakeAnswer = string | readonly FakeStep[];

/** A request as the backend got it. */
export interface FakeRequest {
  /** Such as `threads.create`; `upload` for a file. */
  type: string;
  params: Record<string, unknown>;
  metadata: Record<string, unknown>;
  headers: Record<string, string>;
  /** What was asked, tags as their text; "" for a request that asks nothing. */
  text: string;
}

/** A conversation that is there already. */
export interface FakeThread {
  id?: string;
  title?: string;
  items: readonly (
    | { type: string; id?: string; [property: string]: unknown }
    | { user: string }
    | { assistant: string }
  )[];
}

/** What the next request is refused with. */
export interface FakeRefusal {
  /** An HTTP status; 0 breaks the connection. */
  status: number;
  code?: string;
  message?: string;
  headers?: Record<string, string>;
}

export interface FakeOptions {
  /** Given in turn, one for each question. Where none is left, the answer is an error that says so. */
  answers?: readonly FakeAnswer[];
  /** Asked before `answers`, for each question; nothing returned goes on to them. */
  reply?: (request: FakeRequest) => FakeAnswer | undefined;
  /** What follows a widget's action. For one that wants no stream, an item that takes the widget's place. */
  onAction?: (
    action: { type: string; payload?: Record<string, unknown> },
    request: FakeRequest,
  ) => FakeAnswer | { item: { type: string; [property: string]: unknown } } | undefined;
  threads?: readonly FakeThread[];
  /** Whether files are taken, or the sentence they are refused with. Default: true. */
  attachments?: boolean | string;
  /** What each recording says. Default: "". */
  dictation?: string;
  /** Milliseconds between two events of an answer. Default: 0. */
  pace?: number;
}

/** A conversation as it is kept. */
export interface FakeKept {
  id: string;
  title?: string;
  items: readonly { type: string; id: string; [property: string]: unknown }[];
}

/** One vote. */
export interface FakeVote {
  threadId: string;
  itemIds: string[];
  kind: "positive" | "negative";
}

export interface FakeBackend {
  /** For the element's options: `chat.setOptions({ api: backend.api })`. */
  readonly api: {
    url: string;
    domainKey: string;
    uploadStrategy: { type: "two_phase" };
    fetch: typeof fetch;
  };
  /** The backend itself, for a client of your own. It answers at any address. */
  readonly fetch: typeof fetch;
  /** All requests so far. */
  readonly requests: readonly FakeRequest[];
  /** All votes so far. */
  readonly votes: readonly FakeVote[];
  /** The conversations, the oldest first, with their items as they are kept. */
  readonly threads: readonly FakeKept[];
  /** Files that were taken and not deleted since. */
  readonly attachments: readonly { id: string; name: string; mime_type: string; uploaded: boolean }[];
  /** Milliseconds between two events, from the next event on. */
  pace: number;
  /** One more answer, behind those that are there: `answer("Within ", "30 days.")`. */
  answer(...steps: FakeStep[]): FakeBackend;
  /** Refuses the next request, of this type where one is given. */
  refuse(refusal: FakeRefusal, type?: string): FakeBackend;
  /** Lets the answer go on that is held, or the next one that will be. */
  go(): void;
  /** As new, by other options where they are given; answers that are under way break off. */
  reset(options?: FakeOptions): void;
}

/** A backend that answers from a script. */
export function fakeBackend(options?: FakeOptions): FakeBackend;
