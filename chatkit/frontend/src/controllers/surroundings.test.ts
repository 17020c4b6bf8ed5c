// @vitest-environment happy-dom
import type { ReactiveController } from "lit";
import { afterEach, expect, test, vi } from "vitest";
import { begun, opened } from "../testing/asked";
import { partOf } from "../testing/part";
import { Surroundings } from "./surroundings";

let surroundings: ReactiveController;
afterEach(() => surroundings.hostDisconnected?.());

/** The network comes back while a retry has failed for want of it; how often the server was asked for it. */
async function backOnline(status: "active" | "locked"): Promise<number> {
  const { host, conversation } = begun();
  const addController = (added: ReactiveController) => added.hostConnected?.();
  surroundings = new Surroundings(partOf({ conversation, addController, requestUpdate: () => undefined }));
  await opened(host, conversation);
  const [question] = conversation.thread.entries;
  if (question) await conversation.retry(question);
  await vi.waitFor(() => expect(conversation.thread.entries).toHaveLength(2));
  conversation.thread.status = { type: status };
  window.dispatchEvent(new Event("online"));
  await vi.waitFor(() => expect(conversation.busy).toBe(false));
  return host.sent("threads.retry_after_item").length;
}

test("what failed for want of the network is tried again once it is back", async () => {
  expect(await backOnline("active")).toBe(2);
});

test("but nothing is asked again in a conversation that takes no more", async () => {
  expect(await backOnline("locked")).toBe(1);
});
