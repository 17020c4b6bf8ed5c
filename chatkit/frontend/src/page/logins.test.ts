// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import type { PageConfig } from "./config";
import { onOtherLogin } from "./logins";

const told = vi.fn();
let stay: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  told.mockClear();
  stay = new AbortController();
  onOtherLogin(partOf<PageConfig>({ user: "ada", csrf: { cookie: "csrftoken" } }), told, stay.signal);
});

afterEach(() => {
  stay.abort();
  vi.useRealTimers();
});

/** Another tab lets this user go, as the launcher does before the log-out has reached the server. */
function out(newValue: string | null = null): void {
  dispatchEvent(new StorageEvent("storage", { key: "chatkit:user", newValue, storageArea: localStorage }));
}

test("whose the login is, is asked again once the log-out has reached the server", () => {
  out();
  expect(told).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3000);
  expect(told).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(60_000);
  expect(told).toHaveBeenCalledTimes(2);
});

test("and on coming back, once", () => {
  out();
  dispatchEvent(new Event("focus"));
  expect(told).toHaveBeenCalledTimes(2);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(told).toHaveBeenCalledTimes(2);
});

test("nothing is asked while the user stays, or the chat has left the page", () => {
  out("ada");
  dispatchEvent(new Event("focus"));
  expect(told).not.toHaveBeenCalled();
  out();
  stay.abort();
  vi.advanceTimersByTime(3000);
  expect(told).toHaveBeenCalledTimes(1);
});
