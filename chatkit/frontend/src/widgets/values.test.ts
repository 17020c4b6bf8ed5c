import { describe, expect, test } from "vitest";
import { block, size, text, textColour } from "./values";

describe("colours", () => {
  test.each([
    ["alpha-70", "color-mix(in srgb, var(--_text) 70%, transparent)"],
    ["alpha-05", "color-mix(in srgb, var(--_text) 5%, transparent)"],
    ["secondary", "var(--_secondary)"],
    ["white", "#fff"],
    ["#123456", "#123456"],
  ])("%s is %s", (token, css) => {
    expect(textColour(token)).toBe(css);
  });

  test("for both schemes are chosen by the scheme", () => {
    expect(textColour({ light: "black", dark: "alpha-50" })).toBe(
      "light-dark(#000, color-mix(in srgb, var(--_text) 50%, transparent))",
    );
  });
});

describe("widths", () => {
  test("never ask for more than there is", () => {
    expect(block({ width: 600 })).toMatchObject({ width: "600px", "max-width": "100%" });
    expect(block({ minWidth: "40rem" })).toMatchObject({ "min-width": "min(100%, 40rem)" });
    expect(block({ width: 600, maxWidth: 500 })).toMatchObject({ "max-width": "min(100%, 500px)" });
    expect(block({ maxWidth: "max-content" })).toMatchObject({ "max-width": "max-content" });
    expect(text({ width: 600 })).toMatchObject({ width: "min(100%, 600px)" });
    expect(block({})).toMatchObject({ width: null, "max-width": null });
  });

  test("are pixels without a unit", () => {
    expect([size(8), size("8"), size("8em"), size({})]).toEqual(["8px", "8px", "8em", null]);
  });
});
