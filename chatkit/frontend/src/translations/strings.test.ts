import { describe, expect, test } from "vitest";
import ar from "./ar";
import { en } from "./en";
import es from "./es";
import pt from "./pt";

test("numbers agree with their nouns", () => {
  expect([1, 2, 3, 11].map((count) => ar.sources(count))).toEqual(["مصدر واحد", "مصدران", "3 مصادر", "11 مصدرًا"]);
});

describe.each([
  ["ar", ar],
  ["es", es],
  ["pt", pt],
])("%s", (_, strings) => {
  test("has words of its own for the sentences that people read most", () => {
    for (const key of ["greeting", "placeholder", "retry", "offline", "loadEarlier"] as const) {
      expect(strings[key]).not.toBe(en[key]);
    }
    for (const [code, sentence] of Object.entries(strings.errors)) {
      expect(sentence).not.toBe(en.errors[code as keyof typeof en.errors]);
    }
  });
});
