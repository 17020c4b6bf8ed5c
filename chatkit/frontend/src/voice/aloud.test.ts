// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import { Aloud } from "./aloud";
import { english as words } from "./words";

/** What a browser reads, one piece after the other. */
let queue: Utterance[];
let aloud: Aloud;
const failed = vi.fn();

class Utterance extends EventTarget {
  lang = "";
  constructor(readonly text: string) {
    super();
  }
  tell(name: string, error?: string): void {
    this.dispatchEvent(Object.assign(new Event(name), { error }));
  }
}

beforeEach(() => {
  queue = [];
  failed.mockReset();
  vi.stubGlobal("SpeechSynthesisUtterance", Utterance);
  vi.stubGlobal("speechSynthesis", {
    getVoices: () => [],
    speak: (one: Utterance) => queue.push(one),
    cancel: () => {
      for (const one of queue.splice(0)) one.tell("error", "canceled");
    },
  });
  const ui = Object.assign(new EventTarget(), { locale: { locale: "en" }, changed: () => undefined });
  aloud = new Aloud(partOf(ui), () => words, failed);
  aloud.read("a", "One.\n\nTwo.\n\nThree.");
});
afterEach(() => {
  aloud.leave();
  vi.unstubAllGlobals();
});

test("an answer is read piece by piece to its end", () => {
  expect(queue.map(({ text }) => text)).toEqual(["One.", "Two.", "Three."]);
  queue.at(0)?.tell("end");
  expect(aloud.reading).toBe("a");
  queue.at(-1)?.tell("end");
  expect(aloud.reading).toBeNull();
});

test("a piece that can't be read ends it with all that is to come, and that is said once", () => {
  queue.shift()?.tell("error", "synthesis-failed");
  expect(queue).toEqual([]);
  expect(aloud.reading).toBeNull();
  expect(failed.mock.calls).toEqual([[words.cannotRead]]);
});
