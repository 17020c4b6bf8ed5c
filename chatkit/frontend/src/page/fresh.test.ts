// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import type { PageConfig } from "./config";
import { Fresh } from "./fresh";
import { claim } from "./memory";

const reload = vi.fn();
const opened = (visitor: boolean, user = "", page = true) =>
  new Fresh(partOf<PageConfig>({ page, visitor, user, texts: { otherUser: "Another." } }));

beforeEach(() => {
  sessionStorage.clear();
  reload.mockClear();
  vi.spyOn(location, "reload").mockImplementation(reload);
});

test("a visitor's page hears of a login, and is loaded anew with what was written", () => {
  claim("visitor");
  sessionStorage.setItem("chatkit:unsent:w:", "[]");
  expect(opened(true, "visitor").loggedIn()).toBe(true);
  expect(reload).toHaveBeenCalledOnce();
  const fresh = opened(false, "ada");
  claim("ada", "visitor");
  expect(fresh.notice).toBe("");
  expect(sessionStorage.getItem("chatkit:unsent:w:")).toBe("[]");
});

test("a page that is still the visitor's after that is loaded once only", () => {
  expect(opened(true).loggedIn()).toBe(true);
  const again = opened(true);
  again.settled();
  expect(again.loggedIn()).toBe(false);
  expect(reload).toHaveBeenCalledOnce();
});

test("a user's page knows of no such login, and a host's page is left as it is", () => {
  expect(opened(false, "ada").loggedIn()).toBe(false);
  expect(opened(true, "", false).loggedIn()).toBe(true);
  expect(reload).not.toHaveBeenCalled();
});

test("another user's page says why it is a fresh one", () => {
  opened(false, "ada").otherUser();
  expect(reload).toHaveBeenCalledOnce();
  const fresh = opened(false, "ada"); // out of a cache
  expect(fresh.notice).toBe("Another.");
  fresh.otherUser();
  expect(reload).toHaveBeenCalledOnce();
});
