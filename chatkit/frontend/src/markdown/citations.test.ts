import { describe, expect, test } from "vitest";
import type { Annotation, Source } from "../wire/protocol";
import { between, characters, identity, marksOf, numbered, place } from "./citations";

const A: Source = { type: "url", title: "A", url: "https://a.example/" };
const B: Source = { type: "file", title: "B", filename: "b.pdf" };

function cite(source: Source, index?: number): Annotation {
  return { type: "annotation", source, index };
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
    expect(marksOf([cite(A)], numbered([cite(A)])).at).toEqual([]);
  });
});

test("sources cited at the same place share a mark, each of them once", () => {
  const annotations = [cite(A, 4), cite(B, 4), cite(A, 4), cite(B, 2)];
  const marks = marksOf(annotations, numbered(annotations));
  expect(marks.at.map(({ index }) => index)).toEqual([2, 4]);
  expect(marks.groups.map((group) => group.map(({ number }) => number))).toEqual([[2], [1, 2]]);
});

test.each([
  [-1, 3, [0, 2]],
  [0, 2, [2]],
  [2, 9, [5, 9]],
  [9, 99, []],
])("the marks after %d as far as %d", (from, to, expected) => {
  const annotations = [9, 5, 2, 0].map((index) => cite(A, index));
  expect(between(marksOf(annotations, numbered(annotations)), from, to).map(({ index }) => index)).toEqual(expected);
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

test.each([
  ["año", 2, 2],
  ["😀!", 1, 2],
  ["😀!", 2, 3],
  ["😀!", 9, 3],
  ["", 1, 0],
])("in %j, character %d stands at %d", (text, character, at) => {
  expect(place(text, character)).toBe(at);
});
