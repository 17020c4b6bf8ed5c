/** Answers as they travel: frames of server-sent events, at the pace of the test. */
import type { ServerEvent } from "../wire/protocol";
import type { Pause } from "./playing";

/** When the next event may come. */
export interface Pace {
  /** Milliseconds between two events. */
  between(): number;
  /** Resolves once the test lets it go on. */
  held(signal: AbortSignal): Promise<void>;
}

/** A response whose body has a frame for each event. `kept` sees an event before it is sent. */
export function streamed(
  events: Iterable<ServerEvent | Pause>,
  pace: Pace,
  signal: AbortSignal,
  kept: (event: ServerEvent) => ServerEvent,
): Response {
  const encoder = new TextEncoder();
  const steps = events[Symbol.iterator]();
  let first = true;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        for (;;) {
          signal.throwIfAborted();
          const { value, done } = steps.next();
          if (done) return controller.close();
          if ("type" in value) {
            if (!first && pace.between() > 0) await slept(pace.between(), signal);
            first = false;
            return controller.enqueue(encoder.encode(`data: ${JSON.stringify(kept(value))}\n\n`));
          }
          if ("cut" in value) throw new TypeError("network error");
          await ("hold" in value ? pace.held(signal) : slept(value.wait, signal));
        }
      } catch (error) {
        controller.error(error);
      }
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
}

/** Rejects as soon as the request is aborted. */
export function slept(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const broken = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", broken);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", broken, { once: true });
    if (signal.aborted) broken();
  });
}
