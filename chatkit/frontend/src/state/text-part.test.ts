import { describe, expect, test, vi } from "vitest";
import type { Annotation } from "../wire/protocol";
import { TextPart } from "./text-part";

function cite(url: string, index?: number): Annotation {
  return { type: "annotation", source: { type: "url", title: url, url }, index };
}

describe("growing", () => {
  test("what came after a cursor is read alone", () => {
    const part = new TextPart();
    part.append("One ");
    const seen = part.pieces;
    part.append("two ");
    part.append("three");
    expect(part.since(seen)).toBe("two three");
    expect(part.text).toBe("One two three");
  });

  test("text that is only added to needs no new start, and an empty piece is none", () => {
    const part = new TextPart();
    const changed = vi.fn();
    part.listen(changed);
    part.append("a");
    part.append("");
    expect(part.revision).toBe(0);
    expect(changed).toHaveBeenCalledTimes(1);
  });
});

describe("a character in two pieces", () => {
  test("comes with the second one", () => {
    const part = new TextPart();
    part.append("Good \ud83d");
    expect(part.text).toBe("Good ");
    part.append("\ude00!");
    expect(part.since(1)).toBe("😀!");
    expect(part.text).toBe("Good 😀!");
  });

  test("whose second half never comes is shown as what it is at the end", () => {
    const part = new TextPart();
    part.append("\ud83d");
    expect(part.pieces).toBe(0);
    part.finish();
    expect(part.text).toBe("\ud83d");
  });

  test("is whole in the text that takes the place of the pieces", () => {
    const part = new TextPart();
    part.append("a\ud83d");
    part.replace({ type: "output_text", text: "a😀" });
    part.append("b");
    expect(part.text).toBe("a😀b");
  });
});

describe("replacing", () => {
  test("the same whole text needs no new start", () => {
    const part = new TextPart();
    part.append("Hel");
    part.append("lo");
    part.replace({ type: "output_text", text: "Hello" });
    expect(part.revision).toBe(0);
    expect(part.pieces).toBe(2);
  });

  test("another text does", () => {
    const part = new TextPart({ type: "output_text", text: "Hello" });
    const before = part.revision;
    part.replace({ type: "output_text", text: "Bye" });
    expect(part.revision).toBeGreaterThan(before);
    expect(part.text).toBe("Bye");
    expect(part.since(0)).toBe("Bye");
  });

  test("a whole part without sources keeps those that were streamed", () => {
    const part = new TextPart();
    part.append("Hello");
    part.annotate(0, cite("/a", 5));
    part.replace({ type: "output_text", text: "Hello", annotations: [] });
    expect(part.annotations).toEqual([cite("/a", 5)]);
  });

  test("other sources take the place of the streamed ones", () => {
    const part = new TextPart({ type: "output_text", text: "Hello", annotations: [cite("/a")] });
    const { noted, revision } = part;
    part.replace({ type: "output_text", text: "Hello", annotations: [cite("/b")] });
    expect(part.annotations).toEqual([cite("/b")]);
    expect(part.noted).toBeGreaterThan(noted);
    expect(part.revision).toBe(revision);
  });
});

describe("sources", () => {
  test("stand in the order of their numbers and count once", () => {
    const part = new TextPart();
    part.annotate(0, cite("/b"));
    part.annotate(0, cite("/a"));
    part.annotate(1, cite("/b"));
    part.annotate(9, cite("/c"));
    expect(part.annotations).toEqual([cite("/a"), cite("/b"), cite("/c")]);
    expect(part.noted).toBe(3);
  });
});

test("finishing is told once, and no one who left is told", () => {
  const part = new TextPart();
  const staying = vi.fn();
  const leaving = vi.fn();
  part.listen(staying);
  part.listen(leaving)();
  part.finish();
  part.finish();
  expect(part.complete).toBe(true);
  expect(staying).toHaveBeenCalledTimes(1);
  expect(leaving).not.toHaveBeenCalled();
});
