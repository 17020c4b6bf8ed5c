import { describe, expect, test, vi } from "vitest";
import { ApiError, errorFrom, fromHost } from "./api-error";

function answer(status: number, body: string, headers: Record<string, string> = {}): Promise<ApiError> {
  return errorFrom(new Response(body, { status, headers }));
}

describe("errorFrom", () => {
  test("takes the code and the sentence of our own servers", async () => {
    const body = JSON.stringify({ error: { code: "rate_limited", message: "Please wait." } });
    const error = await answer(429, body, { "Retry-After": "30" });
    expect(error).toMatchObject({ code: "rate_limited", status: 429, retryAfter: 30, userMessage: "Please wait." });
  });

  test.each([
    "<h1>Traceback: secret_key</h1>",
    "",
    "null",
    '"text"',
    '{"error": "secret_key"}',
    '{"error": {"code": 5, "message": ""}}',
    '{"detail": "secret_key"}',
  ])("shows nothing of another body: %j", async (body) => {
    const error = await answer(502, body);
    expect(error).toMatchObject({ code: "http_502", status: 502, userMessage: undefined });
    expect(error.message).not.toContain("secret_key");
  });

  test("counts the seconds to a date in Retry-After", async () => {
    vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") });
    try {
      const later = await answer(503, "", { "Retry-After": "Thu, 01 Jan 2026 00:01:30 GMT" });
      const passed = await answer(503, "", { "Retry-After": "Wed, 31 Dec 2025 00:00:00 GMT" });
      expect([later.retryAfter, passed.retryAfter]).toEqual([90, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("counts them from the server's clock, where it says what time it is", async () => {
    const headers = { "Retry-After": "Thu, 01 Jan 2026 00:01:30 GMT", Date: "Thu, 01 Jan 2026 00:01:00 GMT" };
    expect((await answer(503, "", headers)).retryAfter).toBe(30);
  });

  test.each(["soon", "-5s"])("ignores a Retry-After of %j", async (header) => {
    expect((await answer(503, "", { "Retry-After": header })).retryAfter).toBeUndefined();
  });

  test("only 401 means that the person is signed out", async () => {
    expect((await answer(401, "")).signedOut).toBe(true);
    expect((await answer(403, "")).signedOut).toBe(false);
  });
});

describe("fromHost", () => {
  test("leaves our own errors as they are", () => {
    const error = new ApiError("network", "No way there.");
    expect(fromHost(error, "unknown")).toBe(error);
  });

  test("keeps the code, status and sentence of an error made for people", () => {
    const thrown = Object.assign(new Error("Sign in."), { code: "login", status: 401, retryAfter: 2 });
    expect(fromHost(thrown, "x")).toMatchObject({
      code: "login",
      status: 401,
      retryAfter: 2,
      userMessage: "Sign in.",
      cause: thrown,
    });
  });

  test.each([
    [new TypeError("x is undefined"), "x is undefined"],
    ["a text", "a text"],
    [null, "null"],
    [undefined, "undefined"],
  ])("keeps the words of %s for the log alone", (thrown, message) => {
    const error = fromHost(thrown, "session_failed");
    expect(error).toMatchObject({ code: "session_failed", message, userMessage: undefined });
  });
});
