import { describe, expect, test } from "vitest";
import { contrast, fromHsl, luminance, mix, parseColour, type Rgb, reach, readableOn, toCss } from "./colour";

const WHITE: Rgb = [1, 1, 1];
const BLACK: Rgb = [0, 0, 0];

describe("parseColour", () => {
  test.each([
    ["rgb(255, 0, 51)", [1, 0, 0.2]],
    ["rgb(255 0 51)", [1, 0, 0.2]],
    ["rgba(0, 0, 255, 0.5)", [0, 0, 1]],
    ["color(srgb 0.25 1 0)", [0.25, 1, 0]],
    ["color(srgb 5e-1 1.2 -0.1)", [0.5, 1, 0]],
  ])("reads %s", (text, expected) => {
    expect(parseColour(text)).toEqual(expected);
  });

  test.each(["", "red", "#fff", "hsl(0 100% 50%)", "color(display-p3 1 0 0)"])("knows nothing of %j", (text) => {
    expect(parseColour(text)).toBeNull();
  });

  test("takes back what toCss wrote", () => {
    expect(toCss([1, 0.2, 0])).toBe("rgb(255 51 0)");
    expect(parseColour(toCss([1, 0.2, 0]))).toEqual([1, 0.2, 0]);
  });
});

test("mix lays one colour over another", () => {
  expect(mix(WHITE, BLACK, 0.25)).toEqual([0.25, 0.25, 0.25]);
  expect(mix([1, 0, 0], [0, 0, 1], 0.5)).toEqual([0.5, 0, 0.5]);
});

test("luminance and contrast are WCAG's", () => {
  expect(luminance(WHITE)).toBeCloseTo(1);
  expect(luminance(BLACK)).toBe(0);
  expect(contrast(WHITE, BLACK)).toBeCloseTo(21);
  expect(contrast(BLACK, WHITE)).toBeCloseTo(21);
  expect(contrast([0x76 / 255, 0x76 / 255, 0x76 / 255], WHITE)).toBeCloseTo(4.54, 2);
});

test("readableOn chooses the ink with the higher contrast", () => {
  expect(readableOn([0.1, 0.1, 0.4])).toEqual(WHITE);
  expect(readableOn([1, 0.9, 0.2])).toEqual(BLACK);
});

describe("reach", () => {
  test("leaves a colour that is readable as it is", () => {
    const navy: Rgb = [0, 0, 0.4];
    expect(reach(navy, [WHITE], 4.5)).toBe(navy);
  });

  test("moves a colour until it is readable on every background, and keeps its hue", () => {
    const yellow: Rgb = [1, 0.7, 0];
    const backgrounds: [Rgb, Rgb] = [WHITE, [0.9, 0.9, 0.95]];
    const moved = reach(yellow, backgrounds, 4.5);
    for (const background of backgrounds) expect(contrast(moved, background)).toBeGreaterThanOrEqual(4.5);
    expect(moved[0]).toBeGreaterThan(moved[1]);
    expect(moved[1]).toBeGreaterThan(moved[2]);
  });

  test("ends at black or white where no colour reaches the ratio", () => {
    expect(reach([0.5, 0.5, 0.5], [[0.5, 0.5, 0.5]], 21)).toEqual(BLACK);
  });
});

test.each([
  [0, 1, 0.5, "rgb(255 0 0)"],
  [120, 1, 0.5, "rgb(0 255 0)"],
  [240, 0.5, 0.5, "rgb(64 64 191)"],
  [77, 0, 0.2, "rgb(51 51 51)"],
])("fromHsl(%d, %d, %d)", (hue, saturation, lightness, css) => {
  expect(toCss(fromHsl(hue, saturation, lightness))).toBe(css);
});
