import { describe, expect, test } from "vitest";
import ar from "./ar";
import { en } from "./en";
import fr from "./fr";
import type { Translation } from "./strings";

/** Every language that has a file here, English aside. */
const files = import.meta.glob<Translation>(["./*.ts", "!./*.test.ts", "!./{en,resolve,strings}.ts"], {
  eager: true,
  import: "default",
});

test("numbers agree with their nouns", () => {
  expect([1, 2, 3, 11].map((count) => ar.sources(count))).toEqual(["مصدر واحد", "مصدران", "3 مصادر", "11 مصدرًا"]);
  expect([0, 1, 2].map((count) => fr.sources(count))).toEqual(["0 source", "1 source", "2 sources"]);
});

test("each file is found", () => {
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(["./ar.ts", "./es.ts", "./fr.ts", "./ja.ts", "./pt.ts", "./zh-Hans.ts"]),
  );
});

describe.each(Object.entries(files))("%s", (_, strings) => {
  test("has words of its own for the sentences that people read most", () => {
    for (const key of ["greeting", "placeholder", "retry", "offline", "loadEarlier"] as const) {
      expect(strings[key]).not.toBe(en[key]);
    }
    for (const [code, sentence] of Object.entries(strings.errors)) {
      expect(sentence).not.toBe(en.errors[code as keyof typeof en.errors]);
    }
  });

  test("says each number, whatever the form that it takes", () => {
    for (const count of [0, 2, 5, 11, 100]) {
      for (const say of [strings.sources, strings.suggestions, strings.showMore, strings.notShown, strings.tooMany]) {
        if (count !== 2) expect(say(count)).toMatch(/\d/);
        expect(say(count)).not.toMatch(/undefined|NaN/);
      }
    }
  });
});
