// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { Conversation } from "../state/conversation";
import { Entry } from "../state/entry";
import { begun, opened } from "../testing/asked";
import { events, type FakeHost, json, refusal } from "../testing/fake-host";
import { partOf } from "../testing/part";
import type { ActionConfig } from "../wire/protocol";
import { CONFIRM, dispatchAction } from "./dispatch";

let host: FakeHost;
let conversation: Conversation;
let entry: Entry;

beforeEach(async () => {
  ({ host, conversation } = begun());
  await opened(host, conversation);
  const widget = { type: "Card", children: [] };
  entry = new Entry(partOf({ id: "w", type: "widget", widget }), "done");
});

/** Presses the card's main button while an old failure is on the screen; true where it counts as done. */
async function pressed(config: Partial<ActionConfig>): Promise<boolean> {
  conversation.fail(new Error("An upload."), null);
  const ui = Object.assign(host, { conversation, renderRoot: document });
  await dispatchAction(partOf(ui), entry, { type: "buy", ...config }, null, CONFIRM, "none");
  return entry.confirmed;
}

const page = (onAction: () => void) => Object.assign(host.options, { widgets: { onAction: vi.fn(onAction) } });

test("a card whose action was done is confirmed, whatever failed before", async () => {
  host.on("threads.sync_custom_action", () => json({}));
  expect(await pressed({ streaming: false })).toBe(true);
});

test("so is one whose action the page carries out", async () => {
  page(() => undefined);
  expect(await pressed({ handler: "client" })).toBe(true);
});

test("so is one whose action is answered with a stream", async () => {
  host.on("threads.custom_action", () => events([]));
  expect(await pressed({})).toBe(true);
});

test("a card whose action failed stays open", async () => {
  host.on("threads.sync_custom_action", () => refusal(500, "broken"));
  expect(await pressed({ streaming: false })).toBe(false);
  host.on("threads.custom_action", () => refusal(500, "broken"));
  expect(await pressed({})).toBe(false);
});

test("so does one whose action fails in the page", async () => {
  page(() => {
    throw new Error("No.");
  });
  conversation.dismiss();
  const ui = Object.assign(host, { conversation, renderRoot: document });
  await dispatchAction(partOf(ui), entry, { type: "buy", handler: "client" }, null, CONFIRM, "none");
  expect(entry.confirmed).toBe(false);
});
