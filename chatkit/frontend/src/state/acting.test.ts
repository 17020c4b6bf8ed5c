import { beforeEach, describe, expect, test, vi } from "vitest";
import { answer, begun, namesOf, opened, THREAD, textsOf } from "../testing/asked";
import { events, type FakeHost, json, refusal } from "../testing/fake-host";
import type { Conversation } from "./conversation";

let host: FakeHost;
let conversation: Conversation;
beforeEach(() => {
  ({ host, conversation } = begun());
});

const texts = () => textsOf(conversation);

const names = () => namesOf(host);

const open = (run?: string) => opened(host, conversation, run);

describe("actions", () => {
  test("need a thread", async () => {
    await expect(conversation.act({ type: "buy" })).rejects.toMatchObject({ code: "no_thread" });
  });

  test("stream their answer", async () => {
    await open();
    host.on("threads.custom_action", () => events([{ type: "thread.item.done", item: answer("Bought.") }]));
    await conversation.act({ type: "buy" }, "w");
    expect(host.sent("threads.custom_action")).toEqual([{ thread_id: "t1", item_id: "w", action: { type: "buy" } }]);
    expect(texts().at(-1)).toBe("Bought.");
  });

  test("without a stream replace their widget alone", async () => {
    await open();
    host.on("threads.sync_custom_action", () => json({ updated_item: answer("Newer.", "o") }));
    await conversation.actSync({ type: "more" }, "o");
    expect(texts()).toEqual(["How?", "Newer."]);
    expect(names()).not.toContain("response.start");
  });

  test("without a stream fail in their own conversation only", async () => {
    await open();
    let release = (_response: Response) => {};
    host.on("threads.sync_custom_action", () => new Promise((resolve) => (release = resolve)));
    const acting = conversation.actSync({ type: "more" }, "o");
    await conversation.open("t2");
    release(refusal(500, "broken"));
    await acting;
    expect(conversation.state.failure).toBeNull();
  });
});

describe("answers to questions", () => {
  const FORM = { id: "f", type: "structured_input", status: "pending", inputs: [] };
  const INPUTS = { status: "skipped", answers: {} };
  const thread = (item: object) => () => json({ ...THREAD, items: { data: [item], has_more: false } });

  beforeEach(async () => {
    host.on("threads.get_by_id", thread(FORM));
    await conversation.open("t1");
    host.on("threads.add_structured_input", () => refusal(503, "down"));
    await conversation.answerQuestions("f", INPUTS);
  });

  test("that are refused can be sent again", async () => {
    host.on("threads.add_structured_input", () => events([{ type: "thread.item.done", item: answer("Thanks.") }]));
    conversation.state.failure?.retry?.();
    await vi.waitFor(() => expect(texts().at(-1)).toBe("Thanks."));
    const params = { thread_id: "t1", item_id: "f", input: INPUTS };
    expect(host.sent("threads.add_structured_input")).toEqual([params, params]);
    expect(conversation.state.failure).toBeNull();
  });

  test("that the server has by now are not sent again", async () => {
    host.on("threads.get_by_id", thread({ ...FORM, status: "skipped" }));
    conversation.state.failure?.retry?.();
    await vi.waitFor(() => expect(conversation.state.failure).toBeNull());
    expect(host.sent("threads.add_structured_input")).toHaveLength(1);
  });
});
