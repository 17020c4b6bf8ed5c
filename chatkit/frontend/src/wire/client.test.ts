import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Api, Client } from "./client";

const OTHER = "https://elsewhere.example/upload";

function secret(name: string): string {
  return `ck_${btoa("/api/")}.${name}`;
}

let api: Api;
let client: Client;
const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  server.mockReset();
  server.mockImplementation(async () => Response.json({}));
  api = { url: "/chatkit/?w=1", domainKey: "local", fetch: (url, init) => server(String(url), init ?? {}) };
  client = new Client(
    () => api,
    () => "pt-BR",
  );
});

/** The address and the headers of each request so far. */
function requests(): [string, Record<string, string>][] {
  return server.mock.calls.map(([url, { headers }]) => [url, Object.fromEntries(new Headers(headers))]);
}

/** Talks to an endpoint that a client secret names. */
function withSecrets(...secrets: unknown[]): ReturnType<typeof vi.fn> {
  const getClientSecret = vi.fn(async () => secrets.shift());
  vi.stubGlobal("window", { fetch: (url: string, init: RequestInit) => server(url, init) });
  api = { getClientSecret: getClientSecret as () => Promise<string> };
  return getClientSecret;
}

test("a request posts its type and parameters in the person's language", async () => {
  server.mockResolvedValue(Response.json({ data: [] }, { headers: { "X-ChatKit-Run": "r1" } }));
  expect(await client.call("threads.list", { limit: 5 })).toEqual({ value: { data: [] }, run: "r1" });
  const [url, init] = server.mock.calls[0] ?? [];
  expect(url).toBe("https://shop.example/chatkit/?w=1");
  expect(init).toMatchObject({ method: "POST", body: '{"type":"threads.list","params":{"limit":5}}' });
  expect(requests()[0]?.[1]).toMatchObject({ "accept-language": "pt-BR", "content-type": "application/json" });
});

test("no request has a character that no server keeps, in whichever of its texts", async () => {
  server.mockImplementation(async () => Response.json({}));
  const text = "a\0b \ud83dc \udc4d d 👍";
  await client.call("threads.update", { title: text, input: { content: [{ text }], quoted_text: text } });
  await client.call("items.feedback", {}, { metadata: { "chatkit.feedback": { comment: text } } });
  await client.stream(
    "threads.custom_action",
    { action: { payload: { name: text, count: 2 } } },
    new AbortController().signal,
  );
  await client.post("/threads", { text });
  const clean = "ab c  d 👍";
  expect(server.mock.calls.map(([, { body }]) => JSON.parse(String(body)))).toEqual([
    { type: "threads.update", params: { title: clean, input: { content: [{ text: clean }], quoted_text: clean } } },
    { type: "items.feedback", params: {}, metadata: { "chatkit.feedback": { comment: clean } } },
    { type: "threads.custom_action", params: { action: { payload: { name: clean, count: 2 } } } },
    { text: clean },
  ]);
});

test("the page's own fetch gets plain headers, to spread and add to", async () => {
  api = {
    url: "/chatkit/",
    domainKey: "local",
    fetch: (url, init) => server(String(url), { ...init, headers: { ...init?.headers, "X-Org-Id": "o1" } }),
  };
  const { signal } = new AbortController();
  await client.call("x", {});
  await client.stream("x", {}, signal);
  await client.events("r1", 0, signal);
  await client.stop("r1");
  await client.upload("/files", { method: "PUT", headers: { "X-Key": "1" } });
  const own = { "Accept-Language": "pt-BR", "X-Org-Id": "o1" };
  const posted = { "Content-Type": "application/json", ...own };
  expect(server.mock.calls.map(([, { headers }]) => headers)).toEqual([
    posted,
    posted,
    own,
    own,
    { "X-Key": "1", "X-Org-Id": "o1" },
  ]);
});

test("the paths of a run go behind the endpoint's own, before its query", async () => {
  await client.stop("a/b");
  await client.events("r1", 7, new AbortController().signal);
  expect(requests().map(([url]) => url)).toEqual([
    "https://shop.example/chatkit/runs/a%2Fb/stop?w=1",
    "https://shop.example/chatkit/runs/r1/events?w=1&after=7",
  ]);
});

describe("failures", () => {
  test("a network that is lost is told from an answer that is no JSON", async () => {
    server.mockRejectedValueOnce(new TypeError("offline"));
    await expect(client.call("x", {})).rejects.toMatchObject({ code: "network" });
    server.mockResolvedValueOnce(new Response("<html>"));
    await expect(client.call("x", {})).rejects.toMatchObject({ code: "bad_response" });
  });

  test("whoever aborts gets their own reason back", async () => {
    const job = new AbortController();
    server.mockImplementation(async () => {
      job.abort(new Error("left"));
      throw job.signal.reason;
    });
    await expect(client.call("x", {}, { signal: job.signal })).rejects.toThrow("left");
  });
});

describe("client secrets", () => {
  test("name the endpoint and go with every request", async () => {
    const asked = withSecrets(secret("one"));
    await client.call("x", {});
    await client.call("x", {});
    expect(requests().map(([url]) => url)).toEqual(["https://shop.example/api/", "https://shop.example/api/"]);
    expect(requests()[1]?.[1].authorization).toBe(`Bearer ${secret("one")}`);
    expect(asked.mock.calls).toEqual([[null]]);
  });

  test("are renewed once when they have expired, however many requests meet that", async () => {
    const asked = withSecrets(secret("old"), secret("new"));
    server.mockImplementation(async (_, { headers }) =>
      new Headers(headers).get("authorization")?.endsWith("new")
        ? Response.json({})
        : new Response("", { status: 401 }),
    );
    await client.connect();
    await Promise.all([client.call("x", {}), client.call("y", {})]);
    expect(asked.mock.calls).toEqual([[null], [secret("old")]]);
  });

  test("are not renewed again for a request that learns late of the old one", async () => {
    const asked = withSecrets(secret("old"), secret("new"), secret("newer"));
    await client.connect();
    const expired = () => new Response("", { status: 401 });
    const late: ((response: Response) => void)[] = [];
    server.mockImplementationOnce(() => new Promise((resolve) => late.push(resolve)));
    const slow = client.call("x", {});
    await vi.waitFor(() => expect(server).toHaveBeenCalledTimes(1));
    server.mockImplementationOnce(async () => expired());
    await client.call("y", {});
    late[0]?.(expired());
    await slow;
    expect(asked.mock.calls).toEqual([[null], [secret("old")]]);
    expect(requests().at(-1)?.[1].authorization).toBe(`Bearer ${secret("new")}`);
  });

  test("are renewed for a file too, where it goes to the site itself", async () => {
    const asked = withSecrets(secret("old"), secret("new"));
    server.mockImplementation(async (_, { headers }) =>
      new Headers(headers).get("authorization")?.endsWith("old") ? new Response("", { status: 401 }) : new Response(),
    );
    await client.upload("/files", { method: "POST" });
    expect(asked.mock.calls).toEqual([[null], [secret("old")]]);
    server.mockImplementation(async () => new Response("", { status: 401 }));
    await expect(client.upload(OTHER, { method: "POST" })).rejects.toMatchObject({ status: 401 });
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test("that are refused anew are not asked for without end", async () => {
    withSecrets(secret("old"), secret("new"), secret("newer"));
    server.mockImplementation(async () => new Response("", { status: 401 }));
    await expect(client.call("x", {})).rejects.toMatchObject({ status: 401 });
    expect(server).toHaveBeenCalledTimes(2);
  });

  test("bring along the key of a request, which goes to no other server", async () => {
    const { signal } = new AbortController();
    await client.stream("x", {}, signal, "k1");
    expect(requests()[0]?.[1]).not.toHaveProperty("idempotency-key");
    withSecrets(secret("one"));
    await client.stream("x", {}, signal, "k1");
    await client.stream("x", {}, signal);
    expect(requests().map(([, headers]) => headers["idempotency-key"])).toEqual([undefined, "k1", undefined]);
  });

  test("are forgotten by a reset", async () => {
    const asked = withSecrets(secret("one"), secret("two"));
    await client.connect();
    client.reset();
    await client.connect();
    expect(asked.mock.calls).toEqual([[null], [null]]);
  });

  test.each([
    ["ek_hosted", "hosted_workflow"],
    ["", "session_failed"],
    [undefined, "session_failed"],
    [`ck_${btoa("//evil.example/")}.x`, "session_failed"],
  ])("%j is refused with %s, and nothing is sent", async (given, code) => {
    withSecrets(given);
    await expect(client.connect()).rejects.toMatchObject({ code });
    expect(server).not.toHaveBeenCalled();
  });

  test("go with files to the site itself and nowhere else", async () => {
    withSecrets(secret("one"));
    await client.upload("/files", { method: "POST" });
    await client.upload(OTHER, { method: "PUT", headers: { "x-key": "1" } });
    expect(requests()).toEqual([
      ["https://shop.example/files", { authorization: `Bearer ${secret("one")}` }],
      [OTHER, { "x-key": "1" }],
    ]);
  });
});
