import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "../wire/api-error";
import { Dictation, LONGEST, type Recorder } from "./dictation";
import { english as words } from "./words";

/** A microphone, a server and a clock that do what the test says. */
class Around {
  seconds = 0;
  level: number | null = 0.5;
  size = 1000;
  readonly calls: string[] = [];
  readonly said: string[] = [];
  readonly inserted: string[] = [];
  lost = () => {};
  refuse: unknown = null;
  answer: (signal: AbortSignal) => Promise<string> = async () => "What was said";
  readonly dictation = new Dictation({
    words: () => words,
    record: async (lost) => {
      this.lost = lost;
      if (this.refuse) throw this.refuse;
      return this.recorder;
    },
    write: (_, signal) => this.answer(signal),
    insert: (text) => this.inserted.push(text),
    announce: (text) => this.said.push(text),
    now: () => this.seconds,
    changed: () => {},
  });
  readonly recorder: Recorder = {
    level: () => this.level,
    pause: () => this.calls.push("pause"),
    resume: () => this.calls.push("resume"),
    stop: async () => {
      this.calls.push("stop");
      return new Blob(["x".repeat(this.size)]);
    },
    release: () => this.calls.push("release"),
  };

  /** Passes, with a look at the microphone each second. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.seconds += 1;
      this.dictation.tick();
    }
  }
}

let around: Around;
let dictation: Dictation;
beforeEach(() => {
  around = new Around();
  dictation = around.dictation;
});

async function recorded(seconds = 3): Promise<void> {
  await dictation.start();
  around.pass(seconds);
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

test("what was said comes into the message, and is said to be there", async () => {
  const starting = dictation.start();
  expect(dictation.phase).toBe("asking");
  await starting;
  around.pass(3);
  expect([dictation.phase, dictation.elapsed, dictation.level]).toEqual(["recording", 3, 0.5]);
  const writing = dictation.finish();
  await settled();
  await writing;
  expect(around.inserted).toEqual(["What was said"]);
  expect(dictation.phase).toBe("idle");
  expect(around.said).toEqual([words.recording, words.writing, words.written]);
  expect(around.calls).toEqual(["stop", "release"]);
});

test("a pause takes no time", async () => {
  await recorded(2);
  dictation.pause();
  around.pass(50);
  expect([dictation.phase, dictation.elapsed]).toEqual(["paused", 2]);
  dictation.resume();
  around.pass(3);
  expect(dictation.elapsed).toBe(5);
  expect(around.calls).toEqual(["pause", "resume"]);
});

test("five minutes at most, with the end announced and shown before it comes", async () => {
  await recorded(LONGEST - 31);
  expect(dictation.left).toBeNull();
  around.pass(1);
  expect(dictation.left).toBe(30);
  around.pass(25);
  expect(dictation.left).toBe(5);
  expect(around.said.slice(1)).toEqual([words.left(30), words.left(10)]);
  around.pass(10);
  await settled();
  expect(around.said).toContain(words.longest);
  expect(around.inserted).toHaveLength(1);
});

describe("without a microphone", () => {
  test.each([
    ["NotAllowedError", words.refused],
    ["SecurityError", words.refused],
    ["NotFoundError", words.noMicrophone],
    ["NotReadableError", words.busyMicrophone],
    ["NotSupportedError", words.unsupported],
  ])("%s is told", async (name, sentence) => {
    around.refuse = new DOMException("", name);
    await dictation.start();
    expect([dictation.phase, dictation.message, dictation.kept]).toEqual(["failed", sentence, false]);
    expect(around.said).toEqual([sentence]);
    around.refuse = null;
    await dictation.retry();
    expect(dictation.phase).toBe("recording");
  });

  test("one that is unplugged keeps what was recorded, which can be written down", async () => {
    await recorded();
    around.lost();
    await settled();
    expect([dictation.phase, dictation.message, dictation.kept]).toEqual(["failed", words.unplugged, true]);
    await dictation.retry();
    expect(around.inserted).toEqual(["What was said"]);
  });

  test("a permission that comes after the cancelling lets go of it at once", async () => {
    const starting = dictation.start();
    dictation.cancel();
    await starting;
    expect(dictation.phase).toBe("idle");
    expect(around.calls).toEqual(["release"]);
    expect(around.said).toEqual([words.cancelled]);
  });
});

describe("what can't be written down", () => {
  test("silence is told, and sent to nobody", async () => {
    around.level = 0.001;
    await recorded();
    await dictation.finish();
    expect(dictation.message).toBe(words.silence);
    expect(around.inserted).toEqual([]);
  });

  test("where the browser tells no loudness, nothing counts as silence", async () => {
    around.level = null;
    await recorded();
    await dictation.finish();
    expect(around.inserted).toHaveLength(1);
  });

  test("noise has no words", async () => {
    around.answer = async () => " ";
    await recorded();
    await dictation.finish();
    expect([dictation.message, dictation.kept]).toEqual([words.nothingSaid, false]);
  });

  test.each([
    [0, 1000],
    [3, 0],
  ])("%d seconds with %d bytes are too short", async (seconds, size) => {
    around.size = size;
    await recorded(seconds);
    await dictation.finish();
    expect(dictation.message).toBe(words.tooShort);
  });
});

describe("a recording on its way", () => {
  test("is kept when it is cut, for another try", async () => {
    const failures = [new ApiError("network", ""), new ApiError("transcriber_failed", "", { status: 500 })];
    around.answer = async () => {
      const failure = failures.shift();
      if (failure) throw failure;
      return "At last";
    };
    await recorded();
    await dictation.finish();
    expect([dictation.phase, dictation.message, dictation.kept]).toEqual(["failed", words.cut, true]);
    await dictation.retry();
    expect([dictation.message, dictation.kept]).toEqual([words.failed, true]);
    await dictation.retry();
    expect(around.inserted).toEqual(["At last"]);
    expect(around.calls.filter((call) => call === "stop")).toHaveLength(1);
  });

  test("is recorded anew when the server can't take it, by its own sentence", async () => {
    around.answer = async () => {
      throw new ApiError("invalid_request", "", { status: 400, userMessage: "It could not be read." });
    };
    await recorded();
    await dictation.finish();
    expect([dictation.message, dictation.kept]).toEqual(["It could not be read.", false]);
  });

  test("can be cancelled: the request ends, and its answer comes too late", async () => {
    let asked: AbortSignal | undefined;
    let answer = (_: string) => {};
    around.answer = (signal) => {
      asked = signal;
      return new Promise((resolve) => {
        answer = resolve;
      });
    };
    await recorded();
    void dictation.finish();
    await settled();
    expect(dictation.phase).toBe("writing");
    dictation.cancel();
    expect(asked?.aborted).toBe(true);
    answer("Too late");
    await settled();
    expect([dictation.phase, around.inserted]).toEqual(["idle", []]);
    expect(around.said.at(-1)).toBe(words.cancelled);
  });
});
