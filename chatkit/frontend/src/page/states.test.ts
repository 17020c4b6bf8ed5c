// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import { Cover, type State } from "./states";

vi.mock("./icons", () => ({ icon: () => document.createElement("i") }));

const run = vi.fn();
const STATE: State = { icon: "plug", tone: "problem", title: "Oh", text: "No.", action: { label: "Again", run } };

let container: HTMLElement;
let cover: Cover;

beforeEach(() => {
  run.mockReset();
  container = document.createElement("div");
  document.body.replaceChildren(container, document.createElement("button"));
  cover = new Cover(container, partOf({}));
  cover.show("problem", STATE);
});

const focused = () => document.activeElement?.textContent;

describe("whoever presses the button of a state", () => {
  beforeEach(() => {
    container.querySelector("button")?.focus();
    cover.loading();
    cover.loading();
  });

  test("is taken to the state that follows", () => {
    cover.show("problem", { ...STATE, title: "Oh once more" });
    expect(focused()).toBe("Oh once more");
  });

  test("is taken into the chat, once", () => {
    expect(cover.clear()).toBe(true);
    expect(cover.clear()).toBe(false);
  });

  test("is left where they have gone meanwhile", () => {
    (document.body.lastElementChild as HTMLElement).focus();
    cover.show("problem", STATE);
    expect(focused()).toBe("");
    expect(cover.clear()).toBe(false);
  });
});

test("nobody is taken anywhere who was not there", () => {
  cover.loading();
  expect(cover.clear()).toBe(false);
});
