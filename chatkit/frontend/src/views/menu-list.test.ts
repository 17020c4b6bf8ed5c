// @vitest-environment happy-dom
import { render } from "lit";
import { beforeEach, expect, test } from "vitest";
import { partOf } from "../testing/part";
import { menuView } from "./menu-list";

let items: HTMLElement[];

beforeEach(() => {
  const place = document.createElement("div");
  document.body.append(place);
  const entries = ["Rename", "Delete"].map((label) => ({ label, choose: () => undefined }));
  render(menuView(partOf({ renderRoot: document.createElement("div") }), "Chat", entries), place);
  items = [...place.querySelectorAll<HTMLElement>("[role=menuitem]")];
  items[0]?.focus();
});

/** True where the browser is left to do what it does with the key. */
function pressed(key: string): boolean {
  return (
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })) ??
    false
  );
}

test("a menu leaves Space and Enter to its buttons, and finds entries by their letters", () => {
  expect(pressed(" ")).toBe(true);
  expect(pressed("Enter")).toBe(true);
  expect(pressed("d")).toBe(false);
  expect(document.activeElement).toBe(items[1]);
});
