/** A call of `fetch` as a request of the protocol. */
import type { FakeRequest } from "./chatkit-testing";

interface Got {
  request: FakeRequest;
  url: string;
  body: unknown;
  signal: AbortSignal | null;
}

export async function requestOf(input: RequestInfo | URL, init: RequestInit = {}): Promise<Got> {
  const whole = input instanceof Request ? input : null;
  const url = whole?.url ?? String(input);
  const headers = Object.fromEntries(new Headers(init.headers ?? whole?.headers).entries());
  const signal = init.signal ?? whole?.signal ?? null;
  const body = init.body ?? (whole?.body ? await whole.text() : null);
  const parsed = typeof body === "string" ? protocol(body) : null;
  const { type, params = {}, metadata = {} } = parsed ?? { type: "upload" };
  return { request: { type, params, metadata, headers, text: textOf(params) }, url, body, signal };
}

function protocol(body: string): Pick<FakeRequest, "type"> & Partial<FakeRequest> {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== "object" || parsed === null || !("type" in parsed)) {
    throw new TypeError(`This is no request of the ChatKit protocol: ${body.slice(0, 100)}`);
  }
  return parsed as FakeRequest;
}

function textOf({ input }: Record<string, unknown>): string {
  const content = (input as { content?: { text: string }[] } | undefined)?.content;
  return Array.isArray(content) ? content.map(({ text }) => text).join("") : "";
}
