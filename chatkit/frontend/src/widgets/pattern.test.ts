import { expect, test } from "vitest";
import { fits } from "./pattern";

const TEXTS = [
  "",
  "a",
  "aa",
  "ab",
  "aab",
  "A-1",
  "2026-11-30",
  "ada@example.org",
  "Größe 7",
  "a b",
  "aaa\nb",
  "😀",
  "-",
];
const PATTERNS = [
  "",
  "a",
  "a*b?",
  "a+?",
  "a{2}",
  "a{1,2}b",
  "a{2,}b?",
  "[a-z]+|[A-Z]-\\d",
  "(?:a|b)+",
  "(?<letter>a)(b|)",
  "\\d{4}-\\d{2}-\\d{2}",
  "[^@\\s]+@[^@\\s]+\\.[^@\\s]{2,}",
  "(?=.*\\d)(?!.* ).{3,}",
  "\\p{L}+ \\d",
  "\\p{Lu}.*",
  "^a.*$|\\x2d",
  "a\\b.\\bb",
  "a\\Ba",
  ".",
  "\\u{1f600}",
  "[\\u{1f600}a]",
  "[]",
  "(a?){3}",
  "(a*)*b",
  "((a|aa)+b?)*",
  "(a|b|(?:c))(?:)",
  "[\\]\\-]",
];

test.each(PATTERNS)("%s is read as a browser reads it", (pattern) => {
  const whole = new RegExp(`^(?:${pattern})$`, "v");
  expect(TEXTS.map((text) => fits(pattern, text))).toEqual(TEXTS.map((text) => whole.test(text)));
});

test.each([
  "(",
  "a**",
  "[z-a]",
  "[a-z.-]-(",
  "(?<=a)b",
  "(a)\\1",
  "(?<n>a)\\k<n>",
  "[[a-z]--[b]]",
  "\\p{RGI_Emoji}",
  "[\\q{ab|c}]",
  "a".repeat(1001),
])("%s is left to the server", (pattern) => {
  expect(fits(pattern, "zz")).toBe(true);
});

/** Of each of these a browser would try more ways than there is time for. */
const SLOW: [string, boolean][] = [
  ["(a+)+b", false],
  ["(a|a)*b", false],
  ["(a|aa)+$b", false],
  ["(.*a){20}b", false],
  [`${"a?".repeat(40)}${"a".repeat(50)}`, false],
  ["(?=(a+)+b).*", false],
  ["((((a{0,99}){0,99}){0,99}){0,99}){99}b", false],
  // What takes too long here too is given up.
  ["(){99999999}", true],
  [".*(?:){99999}b", true],
  [`.*(?:${"|".repeat(900)}){4000}b`, true],
];
test.each(SLOW)("%s does not hold up the page", (pattern, fit) => {
  expect(fits(pattern, "a".repeat(40))).toBe(fit);
});
