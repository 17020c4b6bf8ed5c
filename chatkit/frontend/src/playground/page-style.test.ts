import { expect, test } from "vitest";
import { saidByTheme } from "./page-style";

test("the theme says what a style sheet may say too", () => {
  expect(saidByTheme({ theme: {} })).toEqual([]);
  expect(saidByTheme({ theme: { density: "compact", radius: "sharp", color: { accent: {} } } })).toEqual([
    "--chatkit-primary-color",
    "--chatkit-border-radius",
  ]);
  expect(saidByTheme({ theme: { colorScheme: "dark" } })).toEqual([
    "--chatkit-background-color",
    "--chatkit-text-color",
  ]);
});
