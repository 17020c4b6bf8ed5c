import { expect, test } from "vitest";
import { Queue, type Queued, textOf } from "./queue";

class Kept {
  readonly values = new Map<string, unknown>();
  read<T>(name: string): T | null {
    return (this.values.get(name) as T | undefined) ?? null;
  }
  write(name: string, value: unknown): boolean {
    if (value === null) this.values.delete(name);
    else this.values.set(name, value);
    return true;
  }
}

function question(text: string): Queued {
  return {
    input: { content: [{ type: "input_text", text }], attachments: [], inference_options: {} },
    attachments: [],
  };
}

function made(kept = new Kept(), temporary = false): [Queue, Kept] {
  const queue = new Queue(
    kept,
    () => "here",
    () => temporary,
  );
  queue.read();
  return [queue, kept];
}

test("they are sent in turn, and one can be taken out", () => {
  const [queue] = made();
  for (const text of ["one", "two", "three"]) queue.add(question(text));
  queue.take(queue.questions[1]);
  expect([queue.take(), queue.take(), queue.take()].map((taken) => taken && textOf(taken))).toEqual([
    "one",
    "three",
    undefined,
  ]);
});

test("they outlive the page, each with its conversation", () => {
  const [queue, kept] = made();
  queue.add(question("of a new one"));
  queue.switchTo("thr_1", true);
  expect([...kept.values.keys()]).toEqual(["queue:here:thr_1"]);
  queue.switchTo("thr_2");
  expect(queue.questions).toEqual([]);
  const [again] = made(kept);
  again.switchTo("thr_1");
  expect(again.questions.map(textOf)).toEqual(["of a new one"]);
  again.take();
  expect(kept.values.size).toBe(0);
});

test("of a temporary conversation none is kept", () => {
  const [queue, kept] = made(new Kept(), true);
  queue.add(question("one"));
  expect([queue.questions.length, kept.values.size]).toEqual([1, 0]);
});

test("those of a temporary conversation are gone with it, and not kept with the next one", () => {
  const kept = new Kept();
  let temporary = false;
  const queue = new Queue(
    kept,
    () => "here",
    () => temporary,
  );
  queue.add(question("one"));
  queue.switchTo(null); // New chat, before the first one had an id
  expect(queue.questions.map(textOf)).toEqual(["one"]);
  queue.take();
  temporary = true;
  queue.add(question("between us"));
  temporary = false;
  queue.switchTo(null);
  queue.add(question("two"));
  expect(queue.questions.map(textOf)).toEqual(["two"]);
  expect(JSON.stringify([...kept.values.values()])).not.toContain("between us");
});

test("files speak for a question without words", () => {
  const file = { type: "file", id: "a", name: "order.pdf", mime_type: "application/pdf" };
  expect(textOf({ ...question(" "), attachments: [file] } as Queued)).toBe("order.pdf");
});
