/** Sends a file and tells how much of it has gone, which `fetch` does not. */

interface Init {
  method?: string;
  headers?: Record<string, string>;
  body?: BodyInit | null;
  signal?: AbortSignal | null;
}

/** As `fetch`: rejects with a TypeError where the server can't be reached, and with the signal's reason. */
export function send(url: string, init: Init, progress: (share: number) => void): Promise<Response> {
  const { signal } = init;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    request.open(init.method ?? "POST", url);
    for (const [name, value] of Object.entries(init.headers ?? {})) request.setRequestHeader(name, value);
    request.responseType = "arraybuffer";
    request.upload.addEventListener("progress", ({ loaded, total }) => total && progress(loaded / total));
    request.addEventListener("load", () => resolve(answer(request)));
    request.addEventListener("error", () => reject(new TypeError("The server could not be reached.")));
    signal?.addEventListener("abort", () => {
      request.abort();
      reject(signal.reason);
    });
    request.send(init.body as XMLHttpRequestBodyInit);
  });
}

function answer(request: XMLHttpRequest): Response {
  const { status } = request;
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const [name = "", value = ""] = line.split(/:(.*)/s);
    if (name) headers.set(name, value.trim());
  }
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : (request.response as ArrayBuffer), { status, headers });
}
