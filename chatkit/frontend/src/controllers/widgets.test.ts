import { beforeEach, expect, test, vi } from "vitest";
import { lazy } from "../lazy-import";
import { FakeHost } from "../testing/fake-host";
import type { Ui } from "../views/ui";
import type { ThreadItem } from "../wire/protocol";
import { Widgets } from "./widgets";

vi.mock("../lazy-import", () => ({ lazy: vi.fn() }));

const WIDGET: ThreadItem = { id: "w", type: "widget", widget: { type: "Card" } };
const TASK: ThreadItem = { id: "t", type: "task", task: { type: "custom" } } as ThreadItem;
const part = { widgetView: () => null };

let host: FakeHost;
let widgets: Widgets;
beforeEach(() => {
  host = new FakeHost();
  widgets = new Widgets(host as Partial<Ui> as Ui);
  vi.mocked(lazy)
    .mockReset()
    .mockResolvedValue(part as never);
});

test("is fetched with the first widget, once for all that wait", async () => {
  await widgets.prepared([TASK]);
  expect(lazy).not.toHaveBeenCalled();
  await Promise.all([widgets.prepared([TASK, WIDGET]), widgets.fetch()]);
  expect(widgets.part).toBe(part);
  await widgets.prepared([WIDGET]);
  expect(lazy).toHaveBeenCalledTimes(1);
});

test("that it does not come is said, and the next call tries again", async () => {
  vi.mocked(lazy).mockRejectedValueOnce(new TypeError("no network"));
  await widgets.prepared([WIDGET]);
  expect(widgets.part).toBe("missing");
  expect(host.said).toEqual([host.strings.errors.network]);
  await widgets.fetch();
  expect(widgets.part).toBe(part);
  expect(host.said).toHaveLength(1);
});

test("a conversation does not wait for ever", async () => {
  vi.useFakeTimers();
  try {
    vi.mocked(lazy).mockReturnValue(new Promise(() => undefined));
    const waited = widgets.prepared([WIDGET]);
    await vi.runAllTimersAsync();
    await waited;
    expect(widgets.part).toBeNull();
  } finally {
    vi.useRealTimers();
  }
});
