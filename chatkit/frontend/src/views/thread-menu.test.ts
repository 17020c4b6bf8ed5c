// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { begun, opened } from "../testing/asked";
import { json } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { threadMenu } from "./thread-menu";

/** A conversation of which earlier messages are being read when somebody prints it. */
async function printed(between: (open: (id: string) => Promise<void>) => unknown): Promise<number> {
  const print = vi.fn();
  Object.assign(window, { print });
  const { host, conversation } = begun();
  await opened(host, conversation);
  conversation.thread.earlier = "q";
  let release = (_response: Response) => {};
  host.on("items.list", () => new Promise((resolve) => (release = resolve)));
  Object.assign(host.options, { threadActions: { print: true } });
  const ui = Object.assign(host, { conversation, updateComplete: Promise.resolve() });
  const reading = conversation.loadEarlier();
  threadMenu(partOf(ui))[0]?.choose();
  await vi.waitFor(() => expect(host.sent("items.list")).toHaveLength(1));
  await between((id) => conversation.open(id));
  release(json({ data: [], has_more: false }));
  await reading;
  await new Promise((resolve) => setTimeout(resolve));
  return print.mock.calls.length;
}

test("Print waits for the earlier messages that are being read", async () => {
  expect(await printed(() => undefined)).toBe(1);
});

test("Print is over where another conversation was opened", async () => {
  expect(await printed((open) => open("t2"))).toBe(0);
});
