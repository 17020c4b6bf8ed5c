/** Talks to one ChatKit endpoint, in either form of `api`. */
import type { ChatKitOptions } from "@openai/chatkit";
import { ApiError, errorFrom, fromHost } from "./api-error";
import type { ServerEvent } from "./protocol";
import { endpointOf, isByToken, isSelfHosted } from "./secret";
import { readPayloads } from "./sse";
import { storableJson } from "./storable";

export type Api = ChatKitOptions["api"];

/** The answer to a streaming request. `run` is null on servers without runs. */
export interface EventStream {
  run: string | null;
  /** `X-ChatKit-Run-Status`: the run was already over when we asked for its events. */
  over: string | null;
  batches: AsyncGenerator<ServerEvent[]>;
}

/** A request as the page's own `fetch` gets it: its headers are a plain object, which may be spread and added to. */
export interface Init extends RequestInit {
  headers?: Record<string, string>;
}

interface Target {
  url: string;
  secret: string | null;
}

export class Client {
  #secret: string | null = null;
  #refreshing: Promise<string> | null = null;

  /** `api` and `locale` are read at each use: `setOptions` may replace them at any time. */
  constructor(
    private readonly api: () => Api,
    private readonly locale: () => string,
  ) {}

  /** Whether the pages of the server may not know this person, who has a token instead of a login there. */
  get byToken(): boolean {
    return "url" in this.api() || isByToken(this.#secret ?? "");
  }

  /** Gets the first client secret (nothing to do for `api: {url}`). Throws `ApiError`. */
  async connect(): Promise<void> {
    await this.#target();
  }

  /** Sends one of the ten requests that answer JSON. `run` is set while the thread has a live run. */
  async call<T>(
    type: string,
    params: object,
    { signal, metadata }: { signal?: AbortSignal | undefined; metadata?: object | undefined } = {},
  ): Promise<{ value: T; run: string | null }> {
    const response = await this.#send("", this.#post(type, params, metadata), signal);
    try {
      return { value: (await response.json()) as T, run: response.headers.get("X-ChatKit-Run") };
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiError("bad_response", "The server's answer was not JSON.", { cause });
    }
  }

  /**
   * Asks an address below the endpoint that the protocol does not know. What nobody asked for is `quiet`: it gets no new
   * secret where the old one is over.
   */
  async get<T>(path: string, signal?: AbortSignal, quiet = false): Promise<T> {
    return (await (await this.#send(path, { method: "GET" }, signal, undefined, quiet)).json()) as T;
  }

  async post<T>(path: string, body: object): Promise<T> {
    const headers = { "Content-Type": "application/json" };
    return (await (await this.#send(path, { method: "POST", headers, body: storableJson(body) })).json()) as T;
  }

  /** Sends one of the six requests that answer a stream. Sent again with the same `key`, it is not carried out twice. */
  async stream(
    type: string,
    params: object,
    signal: AbortSignal,
    key?: string,
    metadata?: object,
  ): Promise<EventStream> {
    return eventStream(await this.#send("", this.#post(type, params, metadata), signal, key));
  }

  /** The events of a run after number `after`, then live to its end. */
  async events(run: string, after: number, signal: AbortSignal): Promise<EventStream> {
    return eventStream(
      await this.#send(`/runs/${encodeURIComponent(run)}/events?after=${after}`, { method: "GET" }, signal),
    );
  }

  /** Asks the server to end a run; what was said stays. */
  async stop(run: string): Promise<void> {
    await this.#send(`/runs/${encodeURIComponent(run)}/stop`, { method: "POST" });
  }

  /** A file that was sent with a message, from a server of ours. */
  async file(id: string): Promise<Blob> {
    return (await this.ask(`/attachments/${encodeURIComponent(id)}`)).blob();
  }

  /** What a server of ours has below its endpoint. */
  async ask(path: string, method = "GET"): Promise<Response> {
    return this.#send(path, { method });
  }

  /**
   * Posts a file to an address given by the page or by the server (never with the secret elsewhere), by `send` where
   * the page has no `fetch` of its own.
   */
  async upload(url: string, init: Init, send?: (url: string, init: Init) => Promise<Response>): Promise<Response> {
    const { href, origin } = new URL(url, document.baseURI);
    return this.#answered(
      ({ secret }) => {
        const api = this.api();
        const all = { ...init, headers: { ...init.headers, ...authorization(secret) } };
        return send && !("fetch" in api && api.fetch) ? this.#reached(send(href, all), all) : this.#fetch(href, all);
      },
      false,
      origin,
    );
  }

  /** Forgets the secret, so that the next request asks the page for a new one from the beginning. */
  reset(): void {
    this.#secret = null;
    this.#refreshing = null;
  }

  #post(type: string, params: object, metadata?: object): Init {
    return {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: storableJson({ type, params, ...(metadata ? { metadata } : {}) }),
    };
  }

  async #send(path: string, init: Init, signal?: AbortSignal, key?: string, quiet = false): Promise<Response> {
    return this.#answered(({ url, secret }) => {
      // Only to our own server: one on another origin would have to allow the header.
      const once: Init["headers"] = key !== undefined && secret !== null ? { "Idempotency-Key": key } : {};
      const headers = { ...init.headers, "Accept-Language": this.locale(), ...authorization(secret), ...once };
      return this.#fetch(path ? join(url, path) : url, { ...init, headers, ...(signal ? { signal } : {}) });
    }, quiet);
  }

  /**
   * The answer to a request, sent once more with a new secret where the server says that the old one is over.
   * Another `origin` than the endpoint's own never sees a secret.
   */
  async #answered(send: (target: Target) => Promise<Response>, quiet = false, origin?: string): Promise<Response> {
    const target = await this.#target();
    if (origin !== undefined && origin !== new URL(target.url).origin) target.secret = null;
    let response = await send(target);
    if (response.status === 401 && target.secret !== null && !quiet) {
      await response.body?.cancel();
      response = await send(await this.#renew(target.secret));
    }
    if (!response.ok) throw await errorFrom(response);
    return response;
  }

  async #fetch(url: string, init: Init): Promise<Response> {
    const api = this.api();
    // Called without a receiver: `fetch: window.fetch` is then as good as a wrapper of it.
    const fetch = ("fetch" in api && api.fetch) || window.fetch;
    return this.#reached(fetch(url, init), init);
  }

  async #reached(answer: Promise<Response>, init: Init): Promise<Response> {
    try {
      return await answer;
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ApiError("network", "The server could not be reached.", { cause });
    }
  }

  async #target(): Promise<Target> {
    const api = this.api();
    if (!("getClientSecret" in api)) {
      return { url: new URL(api.url, document.baseURI).href, secret: null };
    }
    const secret = this.#secret ?? (await this.#ask(null));
    return { url: this.#endpoint(secret), secret };
  }

  async #renew(used: string): Promise<Target> {
    // Several requests may meet the same expired secret: one of them asks, all use the answer.
    const current = this.#secret;
    const secret = current !== null && current !== used ? current : await this.#ask(used);
    return { url: this.#endpoint(secret), secret };
  }

  #endpoint(secret: string): string {
    const url = endpointOf(secret, location.href);
    if (url === null) throw new ApiError("session_failed", "The client secret names no address on this site.");
    return url;
  }

  #ask(current: string | null): Promise<string> {
    this.#refreshing ??= this.#newSecret(current).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #newSecret(current: string | null): Promise<string> {
    const api = this.api();
    if (!("getClientSecret" in api)) throw new ApiError("session_failed", "The api option changed meanwhile.");
    let secret: unknown;
    try {
      secret = await api.getClientSecret(current);
    } catch (thrown) {
      throw fromHost(thrown, "session_failed");
    }
    if (typeof secret !== "string" || !secret) {
      throw new ApiError("session_failed", "getClientSecret returned no secret.");
    }
    if (!isSelfHosted(secret)) {
      throw new ApiError("hosted_workflow", "Workflows hosted by OpenAI need OpenAI's own chatkit.js.");
    }
    this.#secret = secret;
    return secret;
  }
}

function authorization(secret: string | null): Record<string, string> {
  return secret === null ? {} : { Authorization: `Bearer ${secret}` };
}

/** Appends a path to an address that may end in a slash or carry a query. */
function join(url: string, path: string): string {
  const joined = new URL(url);
  const [pathname, query] = path.split("?");
  joined.pathname = joined.pathname.replace(/\/+$/, "") + pathname;
  for (const [key, value] of new URLSearchParams(query)) joined.searchParams.set(key, value);
  return joined.href;
}

function eventStream(response: Response): EventStream {
  return {
    run: response.headers.get("X-ChatKit-Run"),
    over: response.headers.get("X-ChatKit-Run-Status"),
    batches: events(response),
  };
}

async function* events(response: Response): AsyncGenerator<ServerEvent[]> {
  if (!response.body) return;
  for await (const payloads of readPayloads(response.body)) {
    yield payloads.map(parse);
  }
}

function parse(payload: string): ServerEvent {
  try {
    return JSON.parse(payload) as ServerEvent;
  } catch (cause) {
    throw new ApiError("bad_response", "The server sent an event that is not JSON.", { cause });
  }
}
