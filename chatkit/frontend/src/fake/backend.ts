/** A backend for tests, which answers from a script: see chatkit-testing.d.ts. */
import { Answers } from "./answers";
import type * as Public from "./chatkit-testing";
import type {
  FakeBackend,
  FakeKept,
  FakeOptions,
  FakeRefusal,
  FakeRequest,
  FakeStep,
  FakeVote,
} from "./chatkit-testing";
import { Files } from "./files";
import { Ids } from "./ids";
import { requestOf } from "./request";
import { refused, Server } from "./server";
import { Threads } from "./threads";

const URL_OF_API = "https://chatkit.test/chatkit";

/** All that `reset` makes anew. */
class State {
  readonly ids = new Ids();
  readonly threads = new Threads(this.ids);
  readonly files = new Files(this.ids);
  readonly requests: FakeRequest[] = [];
  readonly votes: FakeVote[] = [];
  readonly refusals: { refusal: FakeRefusal; type: string | undefined }[] = [];
  readonly answers: Answers;
  readonly over = new AbortController();
  readonly server: Server;
  pace: number;
  #turns = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly options: FakeOptions) {
    this.answers = new Answers(options);
    this.pace = options.pace ?? 0;
    for (const thread of options.threads ?? []) this.threads.add(thread);
    this.server = new Server(this);
  }

  go(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#turns++;
  }

  between(): number {
    return this.pace;
  }

  held(signal: AbortSignal): Promise<void> {
    if (this.#turns > 0) {
      this.#turns--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const broken = () => {
        this.#waiting.splice(this.#waiting.indexOf(resolve), 1);
        reject(signal.reason);
      };
      this.#waiting.push(() => {
        signal.removeEventListener("abort", broken);
        resolve();
      });
      signal.addEventListener("abort", broken, { once: true });
    });
  }

  async fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const { request, url, body, signal: given } = await requestOf(input, init);
    const signal = given ? AbortSignal.any([given, this.over.signal]) : this.over.signal;
    signal.throwIfAborted();
    this.requests.push(request);
    const at = this.refusals.findIndex(({ type }) => type === undefined || type === request.type);
    const refusal = at < 0 ? undefined : this.refusals.splice(at, 1)[0]?.refusal;
    if (refusal?.status === 0) throw new TypeError("network error");
    return refusal ? refused(refusal) : this.server.answer(request, url, body, signal);
  }
}

export const fakeBackend: typeof Public.fakeBackend = (options = {}) => {
  let state = new State(options);
  const fetch = ((input: RequestInfo | URL, init?: RequestInit) => state.fetch(input, init)) as typeof globalThis.fetch;
  const backend: FakeBackend = {
    api: { url: URL_OF_API, domainKey: "testing", uploadStrategy: { type: "two_phase" }, fetch },
    fetch,
    get requests() {
      return state.requests;
    },
    get votes() {
      return state.votes;
    },
    get threads() {
      const all: readonly unknown[] = state.threads.all;
      return all as readonly FakeKept[];
    },
    get attachments() {
      return state.files.all;
    },
    get pace() {
      return state.pace;
    },
    set pace(milliseconds) {
      state.pace = milliseconds;
    },
    answer(...steps: FakeStep[]) {
      state.answers.add(steps);
      return backend;
    },
    refuse(refusal, type) {
      state.refusals.push({ refusal, type });
      return backend;
    },
    go: () => state.go(),
    reset(again = options) {
      state.over.abort(new DOMException("The backend was reset.", "AbortError"));
      state = new State(again);
    },
  };
  return backend;
};
