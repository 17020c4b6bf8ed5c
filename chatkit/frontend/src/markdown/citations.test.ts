import { describe, expect, test } from "vitest";
import type { Annotation, Source } from "../wire/protocol";
import { characters, identity, insertMarks, marksOf, numbered } from "./citations";
import { citationMark } from "./lexer";

const A: Source = { type: "url", title: "A", url: "https://a.example/" };
const B: Source = { type: "file", title: "B", filename: "b.pdf" };

function cite(source: Source, index?: number): Annotation {
  return { type: "annotation", source, index };
}

/** The text with the numbers of its sources in brackets; `offset` characters of the message went before. */
function marked(text: string, annotations: Annotation[], offset = 0, end = true): string {
  const marks = marksOf(annotations, numbered(annotations));
  const shown = insertMarks(text, offset, marks, end);
  return marks.groups.reduce(
    (result, group, index) =>
      result.replace(citationMark(index), () => `[${group.map(({ number }) => number).join(",")}]`),
    shown,
  );
}

describe("numbers", () => {
  test("are given in the order of the first citation, one to each source", () => {
    expect(numbered([cite(B, 9), cite(A, 3), cite({ ...B, description: "again" }, 1)])).toEqual([
      { number: 1, source: B },
      { number: 2, source: A },
    ]);
  });

  test("tell kinds of sources apart", () => {
    const entity: Source = { type: "entity", title: "A", id: "https://a.example/" };
    expect(new Set([A, B, entity].map(identity)).size).toBe(3);
  });

  test("are given to sources without a place too", () => {
    expect(numbered([cite(A)])).toHaveLength(1);
    expect(marked("One.", [cite(A)])).toBe("One.");
  });
});

describe("a mark", () => {
  test("goes where its source is cited", () => {
    expect(marked("One. Two.", [cite(A, 4), cite(B, 9)])).toBe("One.[1] Two.[2]");
  });

  test("counts an emoji before it as one character, as the server does (test_citations.py)", () => {
    expect(marked("😀👍 One. Two.", [cite(A, 6), cite(B, 11)])).toBe("😀👍 One[1]. Two[2].");
  });

  test("counts each code point of a composed emoji and of a decomposed letter", () => {
    const family = "👨‍👩‍👧";
    const text = `${family} e\u0301. Two`;
    expect(marked(text, [cite(A, [...`${family} e\u0301.`].length)])).toBe(`${family} e\u0301.[1] Two`);
  });

  test("is put once for sources cited at the same place", () => {
    expect(marked("One.", [cite(A, 4), cite(B, 4), cite(A, 4)])).toBe("One.[1,2]");
  });

  test("stands before the space that follows its sentence", () => {
    expect(marked("One. \n\nTwo.", [cite(A, 7)])).toBe("One.[1] \n\nTwo.");
  });

  test("of a later piece counts from the beginning of the message", () => {
    expect(marked("Two.", [cite(A, 2), cite(B, 14)], 10)).toBe("Two.[2]");
  });

  test("beyond the text waits for the end", () => {
    expect(marked("One.", [cite(A, 50)], 0, false)).toBe("One.");
    expect(marked("One.", [cite(A, 50)], 0, true)).toBe("One.[1]");
  });

  test("before the text is none", () => {
    expect(marked("One.", [cite(A, -1)])).toBe("One.");
  });
});

test.each([
  ["", 0],
  ["año", 3],
  ["😀!", 2],
  ["مرحبا", 5],
  ["\ud83d", 1],
])("%j has %d characters", (text, length) => {
  expect(characters(text)).toBe(length);
});
