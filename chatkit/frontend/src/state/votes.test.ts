import { beforeEach, expect, test, vi } from "vitest";
import { begun, opened } from "../testing/asked";
import { type FakeHost, json, refusal } from "../testing/fake-host";
import type { Conversation } from "./conversation";
import type { Entry } from "./entry";

let host: FakeHost;
let conversation: Conversation;
let entry: Entry;

beforeEach(async () => {
  ({ host, conversation } = begun());
  await opened(host, conversation);
  entry = conversation.thread.entry("o") as Entry;
  host.on("items.feedback", () => json({}));
});

const metadata = () => host.requests.filter(({ type }) => type === "items.feedback").map((request) => request.metadata);

test("a vote is shown at once and thanked for", async () => {
  const given = conversation.votes.give(entry, "positive");
  expect(entry.feedback).toBe("positive");
  await given;
  expect(host.said).toEqual([host.strings.feedbackThanks]);
});

test("a vote is taken back when the server refuses", async () => {
  host.on("items.feedback", () => refusal(500, "broken"));
  await conversation.votes.give(entry, "negative");
  expect(entry.feedback).toBeNull();
  expect(conversation.state.failure?.error.code).toBe("broken");
});

test("a vote that fails says so in its own conversation only", async () => {
  let release = (_response: Response) => {};
  host.on("items.feedback", () => new Promise((resolve) => (release = resolve)));
  const given = conversation.votes.give(entry, "negative");
  await vi.waitFor(() => expect(host.sent("items.feedback")).toHaveLength(1));
  await conversation.open("t2");
  release(refusal(500, "broken"));
  await given;
  expect(entry.feedback).toBeNull();
  expect(conversation.state.failure).toBeNull();
});

test("who gives a bad vote is asked why, by a server of the site alone", async () => {
  await conversation.votes.give(entry, "negative");
  expect(entry.asking).toBe(false);
  // This one hands out no secret, so that the vote is taken back, and the question with it.
  Object.assign(host.options.api, { getClientSecret: async () => "" });
  const good = conversation.votes.give(entry, "positive");
  expect(entry.asking).toBe(false);
  const bad = conversation.votes.give(entry, "negative");
  expect(entry.asking).toBe(true);
  await Promise.all([good, bad]);
  expect(entry.asking).toBe(false);
});

test("a reason goes along as metadata, behind the vote that it belongs to", async () => {
  await conversation.votes.give(entry, "negative");
  await conversation.votes.explain(entry, "wrong");
  await conversation.votes.explain(entry, "wrong", "It is 5 %.");
  const vote = { thread_id: "t1", item_ids: ["o"], kind: "negative" };
  expect(host.sent("items.feedback")).toEqual([vote, vote, vote]);
  expect(metadata()).toEqual([
    undefined,
    { "chatkit.feedback": { reason: "wrong" } },
    { "chatkit.feedback": { reason: "wrong", comment: "It is 5 %." } },
  ]);
});

test("votes are sent one after another", async () => {
  let release = (_response: Response) => {};
  host.on("items.feedback", () => new Promise((resolve) => (release = resolve)));
  const first = conversation.votes.give(entry, "negative");
  const second = conversation.votes.explain(entry, "other");
  await Promise.resolve();
  await Promise.resolve();
  expect(host.sent("items.feedback")).toHaveLength(1);
  host.on("items.feedback", () => json({}));
  release(json({}));
  await Promise.all([first, second]);
  expect(host.sent("items.feedback")).toHaveLength(2);
});

test("a reason that is refused is shown no more, and a good vote has none", async () => {
  await conversation.votes.explain(entry, "outdated");
  host.on("items.feedback", () => refusal(500, "broken"));
  await conversation.votes.explain(entry, "wrong");
  expect(entry.reason).toBe("outdated");
  host.on("items.feedback", () => json({}));
  await conversation.votes.give(entry, "positive");
  expect(entry.reason).toBeNull();
});
