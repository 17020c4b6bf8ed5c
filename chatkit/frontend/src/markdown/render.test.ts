// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { context, drawn } from "../testing/drawn";

/** The texts that are set apart, and their directions. */
function apart(text: string): string[] {
  return [...drawn(text).querySelectorAll("bdi")].map((element) => `${element.dir} ${element.textContent}`);
}

describe("what runs against its block is set apart", () => {
  test.each([
    ["استخدم --help أو **C++** الآن", ["ltr --help", "ltr C++"]],
    ["The word «مرحبا» (2) means *شكرا*", ["rtl مرحبا", "rtl شكرا"]],
    ["استخدم **React** Native الآن", []],
    ["The phrase **مرحبا** بكم means hello", []],
    ["هنا **React** و*Vue*", ["ltr React", "ltr Vue"]],
    ["استخدم `a b` c d", ["ltr c d"]],
    ["plain **words** only", []],
    ["<b>مرحبا</b> x", ["ltr <b>", "ltr </b>", "ltr x"]],
    ["[دليل React](/a) هنا", ["ltr React"]],
  ])("%j", (text, expected) => {
    expect(apart(text)).toEqual(expected);
  });
});

describe("directions", () => {
  function dirs(text: string, selector: string): (string | null)[] {
    return [...drawn(text).querySelectorAll(selector)].map((element) => element.getAttribute("dir"));
  }

  test("are those of the first letters, not of code and links", () => {
    const text = "`x` مرحبا\n\n[Guide](/a) مرحبا\n\nHello and welcome مرحبا\n\n## مرحبا\n\n123\n\n[Guide](/a)";
    expect(dirs(text, "p, h3")).toEqual(["rtl", "rtl", "ltr", "rtl", null, "ltr"]);
    expect(drawn(text).dir).toBe("rtl");
  });

  test("of lists, quotes and tables are those of what is in them", () => {
    expect(
      dirs("Hello\n\n1. مرحبا\n2. so\n\n> مرحبا\n\n| أ | b |\n|---|---|\n", "ol, li, blockquote, .table-box, td"),
    ).toEqual(["rtl", null, null, "rtl", "rtl"]);
    expect(dirs("| أ | b |\n|---|---|\n", "th > span")).toEqual(["rtl", "ltr"]);
  });

  test("of code and formulas are from left to right, of links that of their text", () => {
    expect(dirs("مرحبا `x()` $y$ [مرحبا](/a) https://x.example/", "code, .maths, a")).toEqual([
      "ltr",
      "ltr",
      "rtl",
      "ltr",
    ]);
  });

  test("of a text that begins with a foreign name is that of the message", () => {
    expect(dirs("مرحبا\n\n- **Python**: لغة برمجة", "li > span")).toEqual(["rtl"]);
    expect(dirs("Hello\n\n- **Python**: لغة برمجة", "li > span")).toEqual(["ltr"]);
    expect(context.direction).toBe("ltr");
  });

  test("are found again when an address makes a link of a text", () => {
    expect(dirs("[Guide][1] مرحبا\n\nReact هي مكتبة جافا\n\n[1]: /a", "p")).toEqual(["rtl", "rtl"]);
  });
});
