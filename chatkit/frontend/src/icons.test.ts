// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import types from "../node_modules/@openai/chatkit/types/index.d.ts?raw";
import { iconElement } from "./icons";

/** The names that a union of the published types lists. */
function names(union: string): string[] {
  const [, text = ""] = types.split(`export type ${union} =`);
  return [...(text.split(";")[0] ?? "").matchAll(/'([a-z0-9-]+)'/g)].map(([, name = ""]) => name);
}

describe.each([
  ["HeaderIcon", 46],
  ["ChatKitIcon", 63],
])("%s", (union, count) => {
  test("is read whole", () => {
    expect(names(union)).toHaveLength(count);
  });

  test.each(names(union))("%s is drawn without fetching anything", (name) => {
    expect(iconElement(name).childElementCount).toBeGreaterThan(0);
  });
});

test("an unknown name is an empty box", () => {
  expect(iconElement("no such icon").childElementCount).toBe(0);
});
