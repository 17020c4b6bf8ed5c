/** Reads server-sent events: no DOM, no network, one idea. */

/** Collects the `data` of each event out of text that arrives in pieces of any size. */
export class SseParser {
  #rest = "";
  #data: string[] = [];

  /** Returns the payloads completed by this piece. Comments and other fields are ignored. */
  feed(text: string): string[] {
    const events: string[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (this.#data.length) events.push(this.#data.join("\n"));
        this.#data = [];
      } else if (line.startsWith("data:")) {
        this.#data.push(line.slice(line[5] === " " ? 6 : 5));
      }
    }
    return events;
  }
}

/** Yields the payloads of a response body, together all those that one network read completed. */
export async function* readPayloads(body: ReadableStream<Uint8Array>): AsyncGenerator<string[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new SseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = parser.feed(decoder.decode(value, { stream: true }));
      if (events.length) yield events;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
