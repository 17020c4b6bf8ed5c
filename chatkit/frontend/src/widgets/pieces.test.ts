import { expect, test } from "vitest";
import { pieces } from "./pieces";

test.each([
  ["abcdefghijklmnopqrst and more", ["abcdefghijklmnopqrst and more"]],
  ["A word: abcdefghijklmnopqrstu.", ["A word: ", "abcdefghijkl", "mnopqrstu."]],
  [`${"x".repeat(21)} end`, ["x".repeat(12), `${"x".repeat(9)} end`]],
  ["", [""]],
])("%j is cut into %j", (text, expected) => {
  expect(pieces(text)).toEqual(expected);
});

test("no character is cut in two", () => {
  expect(pieces("😀".repeat(21))).toEqual(["😀".repeat(12), "😀".repeat(9)]);
});
