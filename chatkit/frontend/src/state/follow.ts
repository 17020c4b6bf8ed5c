/** Follows an answer to its end, through cut connections where the server's runs allow it. */
import { ApiError } from "../wire/api-error";
import type { Client, EventStream } from "../wire/client";
import type { ServerEvent } from "../wire/protocol";

export interface Listener {
  /** The headers are here: `run` names the answer on servers that keep it. */
  started(run: string | null): void;
  events(batch: ServerEvent[]): void;
  /** True once nothing is missing: a clean end of the connection is then the end of the answer. */
  complete(): boolean;
  reconnecting(now: boolean): void;
}

/** `reread`: the answer ended while we were away; the thread on the server has it. */
export type Ending = "ended" | "reread";

const ATTEMPTS = 8;

/** Throws `ApiError` when the first request fails, `interrupted` when the rest of an answer cannot be had. */
export async function follow(
  client: Client,
  first: (signal: AbortSignal) => Promise<EventStream>,
  listener: Listener,
  signal: AbortSignal,
): Promise<Ending> {
  let stream = await first(signal);
  const { run } = stream;
  listener.started(run);
  let received = 0;
  let attempt = 0;
  let resumed = false;
  for (;;) {
    let failure: unknown = null;
    const before = received;
    try {
      for await (const batch of stream.batches) {
        received += batch.length;
        listener.reconnecting(false);
        listener.events(batch);
      }
    } catch (error) {
      if (signal.aborted || error instanceof ApiError) throw error;
      failure = error;
    }
    signal.throwIfAborted();
    if (failure === null) {
      if (listener.complete() && stream.over === null) return "ended";
      // What we attached to ends with the run alone: if something is still missing, the thread has it.
      if (stream.over !== null || resumed) return "reread";
    }
    if (run === null) {
      throw new ApiError("interrupted", "The connection ended before the answer did.", { cause: failure });
    }
    attempt = received > before ? 0 : attempt + 1;
    listener.reconnecting(true);
    stream = await reattach(client, run, received, attempt, signal);
    resumed = true;
  }
}

async function reattach(
  client: Client,
  run: string,
  after: number,
  attempt: number,
  signal: AbortSignal,
): Promise<EventStream> {
  for (; attempt < ATTEMPTS; attempt++) {
    await pause(Math.min(300 * 2 ** attempt, 8000), signal);
    await online(signal);
    try {
      return { ...(await client.events(run, after, signal)), run };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404 || error.status === 410) return { run, over: "unknown", batches: nothing() };
      if (!isPassing(error)) throw error;
      if (error.retryAfter) await pause(error.retryAfter * 1000, signal);
    }
  }
  throw new ApiError("interrupted", "The rest of the answer could not be fetched.");
}

/** Whether the next try may have more luck. The page's own `getClientSecret` needs the network as well. */
function isPassing({ code, status = 0, cause }: ApiError): boolean {
  const unreached = code === "network" || (code === "session_failed" && cause instanceof TypeError);
  return unreached || status === 429 || status >= 500;
}

async function* nothing(): AsyncGenerator<ServerEvent[]> {}

/** Resolves after a while, or rejects at once when the signal aborts. */
function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, milliseconds);
    if (signal?.aborted) aborted();
    signal?.addEventListener("abort", aborted, { once: true });
  });
}

/** Resolves at once, or as soon as the browser is online again (or after a while: it may be wrong). */
async function online(signal: AbortSignal): Promise<void> {
  if (navigator.onLine) return;
  let back: () => void = () => undefined;
  const online = new Promise<void>((resolve) => {
    back = resolve;
    window.addEventListener("online", back, { once: true });
  });
  try {
    await Promise.race([online, pause(30_000, signal)]);
  } finally {
    window.removeEventListener("online", back);
  }
}
