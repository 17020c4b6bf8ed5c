// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { lazy } from "../lazy-import";
import { partOf } from "../testing/part";
import { Beside } from "./beside";

vi.mock("../lazy-import", () => ({ lazy: vi.fn() }));

const made: ConversationList[] = [];
class ConversationList {
  element = document.createElement("aside");
  leave = vi.fn();
  constructor(
    _ui: unknown,
    readonly without: () => void,
  ) {
    made.push(this);
  }
}

test("a list of another server takes the place of the one before, which has no say any more", async () => {
  vi.mocked(lazy).mockResolvedValue({ ConversationList } as never);
  const history = { open: false, elsewhere: false };
  const options = { api: { url: "/chatkit", domainKey: "" }, history: { list: "beside" } };
  const beside = new Beside(partOf({ history, options, changed: () => undefined }));
  beside.draw();
  await vi.waitFor(() => expect(beside.list).toBe(made[0]));
  beside.reset();
  expect(made[0]?.leave).toHaveBeenCalledOnce();
  beside.draw();
  await vi.waitFor(() => expect(beside.list).toBe(made[1]));
  made[0]?.without();
  expect(beside.wanted).toBe(true);
  made[1]?.without();
  expect(beside.wanted).toBe(false);
  beside.reset();
  expect(beside.wanted).toBe(true);
});
