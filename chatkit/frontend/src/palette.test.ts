import type { ThemeOption } from "@openai/chatkit";
import { describe, expect, test } from "vitest";
import { contrast, parseColour, type Rgb, toCss } from "./colour";
import { type Variables, variablesFor } from "./palette";

/** Knows hexadecimal colours and `rgb(…)`, where a browser knows all. */
function compute(value: string): Rgb | null {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value);
  if (!hex) return parseColour(value);
  const [red, green, blue] = hex.slice(1).map((pair) => parseInt(pair, 16) / 255);
  return [red ?? 0, green ?? 0, blue ?? 0];
}

function variables(theme: ThemeOption = {}, given: Record<string, string> = {}): Variables {
  return variablesFor(theme, { compute, given: (name) => given[name] ?? "" });
}

function css(hex: string): string {
  return toCss(compute(hex) ?? [0, 0, 0]);
}

function ratio(found: Variables, ink: string, ground: string): number {
  const [one, other] = [found[ink], found[ground]].map((value) => parseColour(value ?? ""));
  if (!one || !other) throw new Error(`No colour in ${ink} or ${ground}.`);
  return contrast(one, other);
}

type Case = [name: string, theme: ThemeOption, given: Record<string, string>];

const THEMES: Case[] = [
  ["the default", {}, {}],
  ["the dark default", { colorScheme: "dark" }, {}],
  ...["#ffff00", "#9155fd", "#000000", "#ffffff", "#7f7f7f", "nonsense"].map(
    (primary): Case => [`the primary ${primary}`, { color: { accent: { primary, level: 3 } } }, {}],
  ),
  ["a pale yellow primary", { color: { accent: { primary: "#ffee88", level: 1 } } }, {}],
  ["a black primary in the dark", { colorScheme: "dark", color: { accent: { primary: "#000000", level: 3 } } }, {}],
  ["text of the ground's colour", { color: { surface: { background: "#777777", foreground: "#777777" } } }, {}],
  ["a grayscale", { color: { grayscale: { hue: 210, tint: 9, shade: 4 } } }, {}],
  ["a dark grayscale", { colorScheme: "dark", color: { grayscale: { hue: 30, tint: 9, shade: -4 } } }, {}],
  ["the page's own colours", {}, { "background-color": "#101010", "text-color": "#111111", "danger-color": "#200000" }],
];

describe.each(THEMES)("with %s", (_, theme, given) => {
  const found = variables(theme, given);

  test.each([
    ["text", "background"],
    ["secondary", "background"],
    ["secondary", "raised"],
    ["bubble-text", "bubble"],
    ["on-primary", "primary-solid"],
    ["primary-text", "background"],
    ["primary-text", "primary-soft"],
    ["warning-text", "warning-soft"],
    ["danger-text", "danger-soft"],
    ["success-text", "background"],
    ["code-keyword", "raised"],
    ["code-string", "raised"],
  ])("%s can be read on %s", (ink, ground) => {
    // Colours are written as whole numbers of 255, which costs a hundredth or two.
    expect(ratio(found, ink, ground)).toBeGreaterThan(4.4);
  });

  test.each(["control", "focus"])("%s stands out from the ground", (edge) => {
    expect(ratio(found, edge, "background")).toBeGreaterThan(2.93);
  });
});

describe("what wins", () => {
  const option: ThemeOption = { color: { accent: { primary: "#008800", level: 1 } } };

  test("is the page's property, then the option, then the default", () => {
    expect(variables(option, { "primary-color": "#0000cc" }).primary).toBe(css("#0000cc"));
    expect(variables(option).primary).toBe(css("#008800"));
    expect(variables().primary).toBe(css("#9155fd"));
  });

  test("is never a colour that cannot be read as one", () => {
    expect(variables(option, { "primary-color": "url(x)" }).primary).toBe(css("#008800"));
    expect(variables({ color: { accent: { primary: "}", level: 1 } } }).primary).toBe(css("#9155fd"));
  });
});

test("the scheme is that of the ground, whoever chose it", () => {
  expect(variables().scheme).toBe("light");
  expect(variables({ colorScheme: "dark" }).scheme).toBe("dark");
  expect(variables({}, { "background-color": "#101010" }).scheme).toBe("dark");
  expect(variables({ colorScheme: "dark" }, { "background-color": "#fafafa" }).scheme).toBe("light");
});

test("a grayscale tints the ground with its hue", () => {
  const [red, , blue] = parseColour(variables({ color: { grayscale: { hue: 220, tint: 9 } } }).background ?? "") ?? [
    1, 1, 0,
  ];
  expect(blue).toBeGreaterThan(red);
});

describe("fonts, corners and gaps", () => {
  test("are the option's", () => {
    const found = variables({
      typography: { baseSize: 16, fontFamily: "Lora, serif" },
      radius: "sharp",
      density: "compact",
    });
    expect(found).toMatchObject({
      size: "16px",
      font: "Lora, serif",
      radius: "0px",
      gap: "0.75",
      "frame-radius": "0px",
    });
  });

  test("are the page's where it has some", () => {
    const found = variables({ radius: "sharp" }, { "border-radius": "4px", "font-size": "1rem" });
    expect(found).toMatchObject({ radius: "4px", "frame-radius": "4px", size: "1rem" });
  });

  test("of an option that is none of them are the default", () => {
    const odd = {
      typography: { fontFamily: "x; color: red" },
      radius: "odd",
      density: "odd",
    };
    const usual = variables();
    expect(variables(odd as ThemeOption)).toEqual(usual);
  });
});
