import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { events, FakeHost, OpenStream, refusal } from "../testing/fake-host";
import { ApiError } from "../wire/api-error";
import type { ServerEvent } from "../wire/protocol";
import { type Ending, follow } from "./follow";

function event(text: string): ServerEvent {
  return { type: "progress_update", text };
}

let host: FakeHost;
let job: AbortController;
let seen: string[];
let whole: number;
beforeEach(() => {
  vi.useFakeTimers();
  host = new FakeHost();
  job = new AbortController();
  seen = [];
  whole = 2;
});
afterEach(() => {
  vi.useRealTimers();
});

/** Follows what `ask` is answered with, until `whole` events are here; waits run at once. */
async function followed(): Promise<Ending> {
  const listener = {
    started: (run: string | null) => seen.push(`run ${run}`),
    events: (batch: ServerEvent[]) => {
      for (const one of batch) seen.push(one.type === "progress_update" ? one.text : one.type);
    },
    complete: () => seen.filter((word) => /^\d+$/.test(word)).length >= whole,
    reconnecting: (now: boolean) => void (now && seen.push("reconnecting")),
  };
  const ending = follow(host.client, (signal) => host.client.stream("ask", {}, signal), listener, job.signal);
  const settled = ending.then(
    () => true,
    () => true,
  );
  for (let turn = 0; turn < 200 && !(await Promise.race([settled, false])); turn++)
    await vi.advanceTimersByTimeAsync(1000);
  return ending;
}

function run(after: number): string {
  return `GET /runs/r1/events?after=${after}`;
}

test("an answer that comes whole ends with its connection", async () => {
  host.on("ask", () => events([event("1"), event("2")], { run: "r1" }));
  expect(await followed()).toBe("ended");
  expect(seen).toEqual(["run r1", "1", "2"]);
});

describe("a cut connection", () => {
  test("is taken up after the last event that arrived", async () => {
    host.on("ask", () => events([event("1")], { run: "r1", cut: true }));
    host.on(run(1), () => events([event("2")]));
    expect(await followed()).toBe("ended");
    expect(seen).toEqual(["run r1", "1", "reconnecting", "2"]);
  });

  test("that ended in peace too early is taken up as well", async () => {
    host.on("ask", () => events([event("1")], { run: "r1" }));
    host.on(run(1), () => events([event("2")]));
    await followed();
    expect(seen).toContain("2");
  });

  test("is tried again while the server is away, and counts on from the events that came", async () => {
    const answers = [() => refusal(503, "x"), () => refusal(429, "x"), () => events([event("2")], { cut: true })];
    host.on("ask", () => events([event("1")], { run: "r1", cut: true }));
    host.on(run(1), () => (answers.shift() ?? (() => refusal(503, "x")))());
    host.on(run(2), () => events([event("3")]));
    whole = 3;
    await followed();
    expect(seen.filter((word) => word !== "reconnecting")).toEqual(["run r1", "1", "2", "3"]);
  });

  test.each([404, 410])("to a run that is gone (%d) leaves the rest to the thread", async (status) => {
    host.on("ask", () => events([event("1")], { run: "r1", cut: true }));
    host.on(run(1), () => refusal(status, "gone"));
    expect(await followed()).toBe("reread");
  });

  test("fails at once where the server refuses", async () => {
    host.on("ask", () => events([event("1")], { run: "r1", cut: true }));
    host.on(run(1), () => refusal(403, "forbidden"));
    await expect(followed()).rejects.toMatchObject({ code: "forbidden" });
    expect(host.sent(run(1))).toHaveLength(1);
  });

  test("is tried again while the page can't get a new secret for it", async () => {
    const cause = new TypeError("Failed to fetch");
    vi.spyOn(host.client, "events").mockRejectedValueOnce(new ApiError("session_failed", "Away.", { cause }));
    host.on("ask", () => events([event("1")], { run: "r1", cut: true }));
    host.on(run(1), () => events([event("2")]));
    expect(await followed()).toBe("ended");
    expect(seen).toContain("2");
  });

  test("fails in the end where the server stays away", async () => {
    host.on("ask", () => events([event("1")], { run: "r1", cut: true }));
    await expect(followed()).rejects.toMatchObject({ code: "interrupted" });
    expect(host.sent(run(1)).length).toBeGreaterThan(3);
  });

  test("cannot be taken up on servers without runs", async () => {
    host.on("ask", () => events([event("1")], { cut: true }));
    await expect(followed()).rejects.toMatchObject({ code: "interrupted" });
    expect(host.requests).toHaveLength(1);
  });
});

test("a run that is over already leaves what is missing to the thread", async () => {
  host.on("ask", () => events([event("1")], { run: "r1", over: "failed" }));
  expect(await followed()).toBe("reread");
});

test("a first request that is refused is not repeated", async () => {
  host.on("ask", () => refusal(400, "bad"));
  await expect(followed()).rejects.toMatchObject({ code: "bad", status: 400 });
  expect(host.requests).toHaveLength(1);
});

test("an event that is no JSON is an error, not a lost connection", async () => {
  host.on("ask", () => new Response("data: {oops\n\n", { headers: { "X-ChatKit-Run": "r1" } }));
  await expect(followed()).rejects.toMatchObject({ code: "bad_response" });
});

test("whoever leaves ends it at once, without another request", async () => {
  host.on("ask", ({ signal }) => {
    const stream = new OpenStream(signal, "r1");
    stream.send(event("1"));
    return stream.response;
  });
  setTimeout(() => job.abort(new Error("left")), 500);
  await expect(followed()).rejects.toThrow("left");
  expect(host.requests).toHaveLength(1);
});
