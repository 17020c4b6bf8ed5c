/** Stands in for the element, and for the server that its client talks to. */
import type { ChatKitOptions } from "@openai/chatkit";
import type { Host } from "../state/host";
import { en } from "../translations/en";
import { Client } from "../wire/client";
import type { ServerEvent, ThreadItem } from "../wire/protocol";

interface Request {
  /** The type of the request, or the method and path of one that has none: `GET /runs/r1/events?after=0`. */
  type: string;
  params: Record<string, unknown>;
  metadata?: Record<string, unknown> | undefined;
  signal: AbortSignal | null;
}

type Answer = (request: Request) => Response | Promise<Response>;

export const ENDPOINT = "https://shop.example/chatkit";

export function json(value: unknown, run?: string): Response {
  return Response.json(value, { headers: run ? { "X-ChatKit-Run": run } : {} });
}

export function refusal(status: number, code: string): Response {
  return Response.json({ error: { code, message: `A sentence about ${code}.` } }, { status });
}

interface Streamed {
  run?: string;
  /** The run's status where it is over already. */
  over?: string;
  /** The connection breaks after the events instead of ending. */
  cut?: boolean;
}

export function events(all: ServerEvent[], { run, over, cut }: Streamed = {}): Response {
  const pieces = all.map((event) => new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else if (cut) controller.error(new TypeError("network error"));
      else controller.close();
    },
  });
  const headers = new Headers();
  if (run) headers.set("X-ChatKit-Run", run);
  if (over) headers.set("X-ChatKit-Run-Status", over);
  return new Response(body, { headers });
}

/** A stream that stays open: `send` puts an event into it, `end` closes it; it breaks when the request is aborted. */
export class OpenStream {
  readonly response: Response;
  #controller!: ReadableStreamDefaultController<Uint8Array>;

  constructor(signal: AbortSignal | null, run?: string) {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
    });
    signal?.addEventListener("abort", () => this.#controller.error(signal.reason));
    this.response = new Response(body, { headers: run ? { "X-ChatKit-Run": run } : {} });
  }

  send(event: ServerEvent): void {
    this.#controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
  }

  end(): void {
    this.#controller.close();
  }
}

export class FakeHost implements Host {
  options: ChatKitOptions = {
    api: { url: ENDPOINT, domainKey: "local", fetch: (url, init) => this.#answer(url, init) },
  };
  readonly client = new Client(
    () => this.options.api,
    () => "en",
  );
  readonly strings = en;
  isConnected = true;
  scope = "here";
  readonly emitted: { name: string; detail: unknown }[] = [];
  readonly said: string[] = [];
  readonly requests: Request[] = [];
  #answers = new Map<string, Answer>();

  /** Answers the requests of a type; a request that nothing answers fails as a lost network does. */
  on(type: string, answer: Answer): this {
    this.#answers.set(type, answer);
    return this;
  }

  /** The parameters of the requests of a type, in order. */
  sent(type: string): Record<string, unknown>[] {
    return this.requests.filter((request) => request.type === type).map(({ params }) => params);
  }

  /** The details of the events with a name, in order. */
  details(name: string): unknown[] {
    return this.emitted.filter((event) => event.name === name).map(({ detail }) => detail);
  }

  async prepared(_items: readonly ThreadItem[]): Promise<void> {}

  changed(): void {}

  emit(name: string, detail?: unknown): void {
    this.emitted.push({ name, detail });
  }

  announce(text: string): void {
    this.said.push(text);
  }

  async #answer(url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const address = String(url);
    const { signal = null, method = "GET", body } = init;
    const own = address === ENDPOINT && typeof body === "string";
    const { type, params, metadata } = own
      ? (JSON.parse(body) as Request)
      : { type: `${method} ${address.replace(ENDPOINT, "")}`, params: { ...init }, metadata: undefined };
    const request = { type, params, metadata, signal };
    this.requests.push(request);
    const answer = this.#answers.get(type);
    if (!answer) throw new TypeError(`Nothing answers ${type}.`);
    return answer(request);
  }
}
