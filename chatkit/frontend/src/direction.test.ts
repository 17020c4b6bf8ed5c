import { describe, expect, test } from "vitest";
import { directionOf, mainDirection, runsOf } from "./direction";

test.each([
  ["Hello", "ltr"],
  ["123 مرحبا", "rtl"],
  ["«שלום»", "rtl"],
  ["你好", "ltr"],
  ["123 %?", null],
  ["", null],
])("%j begins %s", (text, direction) => {
  expect(directionOf(text)).toBe(direction);
});

test.each([
  ["React هي مكتبة لبناء الواجهات", "rtl", "rtl"],
  ["React هي مكتبة لبناء الواجهات", "ltr", "ltr"],
  ["The word مرحبا means hello", "rtl", "ltr"],
  ["An English sentence", "rtl", "ltr"],
  ["مرحبا everybody and welcome here", "ltr", "rtl"],
  ["123", "rtl", null],
] as const)("%j among %s texts runs %s", (text, around, direction) => {
  expect(mainDirection(text, around)).toBe(direction);
});

describe("what runs the other way", () => {
  function foreign(text: string, direction: "ltr" | "rtl"): string[] {
    const runs = runsOf(text, direction);
    expect(runs.map((run) => run.text).join("")).toBe(text);
    return runs.filter((run) => run.foreign).map((run) => run.text);
  }

  test.each([
    ["استخدم --help الآن", ["--help"]],
    ["الدالة foo() ترجع", ["foo()"]],
    ["السرعة 1.431 ms تقريبًا", ["1.431 ms"]],
    ["لغة C++ أو C#، ثم", ["C++", "C#"]],
    ["افتح /etc/hosts أو .env", ["/etc/hosts", ".env"]],
    ["(GitHub) و«Acme Ltd.»", ["(GitHub)", "Acme Ltd"]],
    ["شركة Acme (UK) Ltd في", ["Acme (UK) Ltd"]],
    ["استخدم Python.", ["Python"]],
    ["GitHub - موقع", ["GitHub"]],
    ["في 2024-01-15 عند 10:30", ["2024-01-15"]],
    ["اتصل +971 50 123 4567 الآن", ["+971 50 123 4567"]],
    ["بلغت -5 أو $50 ونسبة 50% و12", ["-5", "$50"]],
    ["الرقم 15", []],
  ])("in the Arabic %j", (text, expected) => {
    expect(foreign(text, "rtl")).toEqual(expected);
  });

  test.each([
    ["order طلب رقم 5 items", ["طلب رقم"]],
    ["say «مرحبا، بكم» (2)", ["مرحبا، بكم"]],
    ["plain", []],
  ])("in the English %j", (text, expected) => {
    expect(foreign(text, "ltr")).toEqual(expected);
  });
});
