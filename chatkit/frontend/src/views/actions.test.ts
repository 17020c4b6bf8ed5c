// @vitest-environment happy-dom
import { render } from "lit";
import { expect, test, vi } from "vitest";
import { turns as turnsOf } from "../state/turns";
import { begun, opened } from "../testing/asked";
import { refusal } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { actions } from "./actions";
import { failure } from "./failure";

const { host, conversation } = begun();
host.options.threadItemActions = { retry: true };
const { options, strings } = host;
const ui = partOf<Parameters<typeof actions>[0]>({ conversation, options, strings, turns: { draw: () => null } });

/** Whether there is such a button under the answer, or with a failure. */
function has(selector: string): boolean {
  const { entries } = conversation.thread;
  const last = entries.at(-1);
  const place = document.createElement("div");
  render([last && actions(ui, last, turnsOf(entries).get(last)), failure(ui)], place);
  return place.querySelector(selector) !== null;
}

test("another answer is offered where the server would give one", async () => {
  await opened(host, conversation);
  expect(has("[data-again]")).toBe(true);
  conversation.thread.status = { type: "locked" };
  expect(has("[data-again]")).toBe(false);
  expect(has("[data-copy]")).toBe(true);
});

test("so is another try at what failed", async () => {
  await opened(host, conversation);
  const [question] = conversation.thread.entries;
  const error = { code: "broken", status: 500, message: "No." };
  conversation.state.fail(error, () => undefined, { question: question as never });
  expect(has("[data-retry]")).toBe(true);
  conversation.thread.status = { type: "closed" };
  expect(has("[data-retry]")).toBe(false);
  host.on("threads.get_by_id", () => refusal(502, "away"));
  await conversation.refresh(); // only to look: that may be tried again
  expect(has("[data-retry]")).toBe(true);
});

test("so is another try at another answer that failed", async () => {
  await opened(host, conversation);
  const [question] = conversation.thread.entries;
  if (question) await conversation.retry(question);
  await vi.waitFor(() => expect(conversation.thread.entries).toHaveLength(2)); // the old answer is there again
  expect(has("[data-retry]")).toBe(true);
  conversation.thread.status = { type: "locked" };
  expect(has("[data-retry]")).toBe(false);
});
