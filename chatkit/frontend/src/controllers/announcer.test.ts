// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import { Announcer } from "./announcer";

let announcer: Announcer;

beforeEach(() => {
  vi.useFakeTimers();
  announcer = new Announcer(partOf({ addController: () => undefined, requestUpdate: () => undefined }));
});
afterEach(() => {
  vi.useRealTimers();
});

test("sentences that come at once are all said, each of them once", () => {
  announcer.say("Copied.");
  announcer.say("Saved.");
  announcer.say("Copied.");
  vi.advanceTimersByTime(100);
  expect(announcer.text).toBe("Copied. Saved.");
});

test("a sentence is not said again with the next one, and the region is empty in between", () => {
  announcer.say("Copied.");
  vi.advanceTimersByTime(100);
  announcer.say("Copied.");
  expect(announcer.text).toBe("");
  vi.advanceTimersByTime(100);
  expect(announcer.text).toBe("Copied.");
});

test("what was not said before the element left is not said when it is back", () => {
  announcer.say("Copied.");
  announcer.hostDisconnected();
  announcer.say("Saved.");
  vi.advanceTimersByTime(100);
  expect(announcer.text).toBe("Saved.");
});
