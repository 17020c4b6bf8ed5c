/**
 * `api.fetch` for OpenAI's script in front of this site's own server: that script only sends secrets to
 * OpenAI, so each request gets ours here. It also has no request for Stop but drops the connection, on
 * which our server goes on writing; so an aborted answer is stopped by a request of its own.
 */

export interface Secrets {
  /** The secret in use, or a first one. */
  current(): Promise<string>;
  /** A new secret in place of one that was refused. */
  renewed(refused: string): Promise<string>;
}

export function bearerFetch(secrets: Secrets, stopUrl: (run: string) => string): typeof fetch {
  return async (input, init) => {
    const send = (secret: string) => {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
      headers.set("Authorization", `Bearer ${secret}`);
      return fetch(input instanceof Request ? input.clone() : input, { ...init, headers });
    };
    let secret = await secrets.current();
    let response = await send(secret);
    if (response.status === 401) {
      secret = await secrets.renewed(secret);
      response = await send(secret);
    }
    const run = response.headers.get("X-ChatKit-Run");
    const signal = init?.signal ?? (input instanceof Request ? input.signal : null);
    if (run && signal) return watched(response, signal, () => void stop(stopUrl(run), secret));
    return response;
  };
}

/** The same response; `stopped` is called if it is aborted before its end. */
function watched(response: Response, signal: AbortSignal, stopped: () => void): Response {
  if (!response.body) return response;
  const ending = new AbortController();
  signal.addEventListener("abort", stopped, { once: true, signal: ending.signal });
  const through = new TransformStream<Uint8Array, Uint8Array>({ flush: () => ending.abort() });
  return new Response(response.body.pipeThrough(through), {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}

async function stop(url: string, secret: string): Promise<void> {
  try {
    await fetch(url, { method: "POST", keepalive: true, headers: { Authorization: `Bearer ${secret}` } });
  } catch {
    return; // the run then ends by itself, and what it wrote is read with the thread
  }
}
