// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import types from "../node_modules/@openai/chatkit/types/index.d.ts?raw";
import * as icons from "./lazy/icons";

vi.mock("./lazy-import", () => ({ lazy: vi.fn() }));
// Anew: another file of tests may have imported them with what is mocked here.
vi.resetModules();
const { lazy } = await import("./lazy-import");
const { iconElement } = await import("./icons");

const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  vi.mocked(lazy).mockReset();
});

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

  test.each(names(union))("%s is drawn, with ChatKit's icons at most", async (name) => {
    vi.mocked(lazy).mockResolvedValue(icons as never);
    const drawn = iconElement(name);
    await settled();
    expect(drawn.childElementCount).toBeGreaterThan(0);
    expect(vi.mocked(lazy).mock.calls.every(([part]) => part === "icons")).toBe(true);
  });
});

test.each(["menu", "lightbulb", "close", "lucide:check"])("%s is drawn without fetching anything", (name) => {
  expect(iconElement(name).childElementCount).toBeGreaterThan(0);
  expect(lazy).not.toHaveBeenCalled();
});

test("Lucide's icons come from where they are", async () => {
  const find = vi.fn().mockResolvedValue([["path", { d: "M1 2h3" }]]);
  vi.mocked(lazy).mockResolvedValue({ find } as never);
  const drawn = iconElement("lucide:rocket");
  await settled();
  expect(drawn.innerHTML).toContain("M1 2h3");
  expect(lazy).toHaveBeenCalledExactlyOnceWith("lucide");
  expect(find).toHaveBeenCalledExactlyOnceWith("rocket");
});

test("an unknown name is an empty box", () => {
  expect(iconElement("no such icon").childElementCount).toBe(0);
});
