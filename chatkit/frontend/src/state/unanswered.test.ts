// @vitest-environment happy-dom
import { render } from "lit";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { tab } from "../kept";
import { ASKED, answer, begun, CREATED, INPUT, opened, QUESTION, THREAD, textsOf, WHOLE } from "../testing/asked";
import { events, type FakeHost, json, refusal } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { itemView } from "../views/item";
import type { UserMessageInput } from "../wire/protocol";
import { Conversation } from "./conversation";
import type { Entry, Message } from "./entry";

let host: FakeHost;
let conversation: Conversation;
beforeEach(() => {
  ({ host, conversation } = begun());
});

const texts = () => textsOf(conversation);

const open = () => opened(host, conversation);

/** The names of the buttons under a question without an answer. */
function buttonsUnder(entry: Entry): (string | undefined)[] {
  const place = document.createElement("div");
  const turns = { draw: () => null, edited: null };
  const ui = { ...{ conversation, strings: host.strings, options: host.options }, turns, composer: { empty: true } };
  render(itemView(partOf({ ...ui, locale: { locale: "en" }, uploads: {}, wait: 0 }), entry, undefined), place);
  return [...place.querySelectorAll<HTMLElement>("[data-do]")].map(({ dataset }) => dataset.do);
}

describe("a question that the server never took", () => {
  const SECOND: UserMessageInput = { ...INPUT, content: [{ type: "input_text", text: "And when?" }] };

  /** Fails to send a message to the open thread. */
  async function failed(status = 500): Promise<Entry> {
    await open();
    host.on("threads.add_user_message", () => refusal(status, "broken"));
    await conversation.send(INPUT);
    return conversation.thread.entries.at(-1) as Entry;
  }

  test("is asked again by the key that it had, and another by its own", async () => {
    const sent = vi.spyOn(host.client, "stream");
    host.on("threads.create", () => refusal(500, "broken"));
    await conversation.send(INPUT);
    await conversation.again(conversation.thread.entries[0] as Entry);
    await conversation.send(SECOND);
    const [first, again, other] = sent.mock.calls.map(([, , , key]) => key);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test("stays where it was asked when another is answered", async () => {
    const question = await failed();
    host.on("threads.add_user_message", () =>
      events([{ ...ASKED, item: { ...QUESTION, id: "r" } }, WHOLE[3]] as never),
    );
    await conversation.send(SECOND);
    expect(texts()).toEqual(["How?", "Old.", "How?", "How?", "**So.**"]);
    expect(conversation.thread.entries[2]).toBe(question);
    await conversation.refresh();
    expect(conversation.thread.entries[2]).toBe(question);
  });

  test("is shown again after a reload, in its thread", async () => {
    await failed();
    const again = new Conversation(host);
    await again.open("t2");
    expect(again.unanswered.size).toBe(0);
    await again.open("t1");
    expect(again.thread.entries.map(({ text }) => text)).toEqual(["How?", "Old.", "How?"]);
    expect([...again.unanswered]).toEqual([again.thread.entries[2]]);
  });

  test("of a new conversation is shown there, and goes along when that begins", async () => {
    host.on("threads.create", () => refusal(500, "broken"));
    await conversation.send(INPUT);
    const again = new Conversation(host);
    again.restore();
    expect(again.thread.entries).toHaveLength(1);
    host.on("threads.create", () => events([CREATED, { ...ASKED, item: { ...QUESTION, id: "r" } } as never]));
    await again.send(SECOND);
    const later = new Conversation(host);
    later.restore();
    expect(later.thread.entries).toEqual([]);
    host.on("threads.get_by_id", () => json({ ...THREAD, items: { data: [], has_more: false } }));
    await later.open("t1");
    expect(later.thread.entries.map(({ text }) => text)).toEqual(["How?"]);
  });

  test("is another message in the conversation that it was taken along into", async () => {
    const sent = vi.spyOn(host.client, "stream");
    host.on("threads.create", () => refusal(502, "lost")); // the server may have it, in a conversation of its own
    await conversation.send(INPUT);
    host.on("threads.create", () =>
      events([CREATED, { type: "thread.item.done", item: { ...QUESTION, id: "r", content: SECOND.content } as never }]),
    );
    await conversation.send(SECOND);
    host.on("threads.get_by_id", () => {
      const items = { data: [{ ...QUESTION, id: "r", content: SECOND.content }], has_more: false };
      return json({ ...THREAD, items });
    });
    host.on("threads.add_user_message", () => refusal(502, "lost"));
    const question = () => conversation.thread.entries.find(({ state }) => state === "unsent") as Entry;
    await conversation.again(question());
    await conversation.again(question());
    const [first, , moved, again] = sent.mock.calls.map(([, , , key]) => key);
    expect(host.sent("threads.add_user_message")).toEqual(Array(2).fill({ thread_id: "t1", input: INPUT }));
    expect(moved).toMatch(/^[0-9a-f]{32}$/);
    expect(moved).not.toBe(first);
    expect(again).toBe(moved);
  });

  test("is sent as it was, whatever is written meanwhile", async () => {
    const question = await failed();
    host.on("threads.add_user_message", () =>
      events([{ ...ASKED, item: { ...QUESTION, id: "r" } }, WHOLE[3]] as never),
    );
    await conversation.again(question);
    expect(host.sent("threads.add_user_message")).toEqual(Array(2).fill({ thread_id: "t1", input: INPUT }));
    expect(texts()).toEqual(["How?", "Old.", "How?", "**So.**"]);
    expect(conversation.unanswered.size).toBe(0);
  });

  test("loses the file that the server keeps no more", async () => {
    await open();
    const files = ["f1", "f2"].map((id) => ({ type: "file" as const, id, name: `${id}.txt`, mime_type: "text/plain" }));
    const error = { code: "not_found", message: "It is no longer kept.", attachment_id: "f1" };
    host.on("threads.add_user_message", () => Response.json({ error }, { status: 409 }));
    await conversation.send({ ...INPUT, attachments: ["f1", "f2"] }, files);
    const question = conversation.thread.entries.at(-1) as Entry;
    expect(question.item).toMatchObject({ attachments: [files[1]] });
    const again = new Conversation(host);
    await again.open("t1");
    expect(again.thread.entries.at(-1)?.message).toMatchObject({ attachments: [files[1]] });
    expect(conversation.takeBack(question)).toMatchObject({
      input: { ...INPUT, attachments: ["f2"] },
      attachments: [files[1]],
    });
  });

  test("is not sent where it was but a file that is gone, and can be written anew", async () => {
    await open();
    const file = { type: "file" as const, id: "f1", name: "f1.txt", mime_type: "text/plain" };
    const error = { code: "not_found", message: "It is no longer kept.", attachment_id: "f1" };
    host.on("threads.add_user_message", () => Response.json({ error }, { status: 409 }));
    await conversation.send({ ...INPUT, content: [], attachments: ["f1"] }, [file]);
    const question = conversation.thread.entries.at(-1) as Entry;
    await conversation.again(question);
    expect(host.sent("threads.add_user_message")).toHaveLength(1);
    expect(conversation.thread.entries.at(-1)).toBe(question);
    expect(buttonsUnder(question)).toEqual(["edit"]);
    question.message = { ...(question.message as Message), attachments: [file] };
    expect(buttonsUnder(question)).toEqual(["again", "edit"]);
    expect(conversation.takeBack(question)).toMatchObject({ attachments: [file] });
  });

  test("is not sent twice where the server has it after all", async () => {
    const question = await failed();
    const items = {
      data: [QUESTION, answer("Old.", "o"), { ...QUESTION, id: "r" }, answer("New.", "n")],
      has_more: false,
    };
    host.on("threads.get_by_id", () => json({ ...THREAD, items }));
    await conversation.again(question);
    expect(host.sent("threads.add_user_message")).toHaveLength(1);
    expect(texts()).toEqual(["How?", "Old.", "How?", "New."]);
    expect(conversation.state.failure).toBeNull();
  });

  test("is not sent where the server takes no more, whether or not it has it", async () => {
    const question = await failed();
    hasAs("locked", []);
    await conversation.again(question);
    expect(conversation.unanswered).toContain(question); // it is kept
    hasAs("locked", [{ ...QUESTION, id: "r" }]);
    await conversation.again(question);
    expect(host.sent("threads.add_user_message")).toHaveLength(1);
    expect(host.sent("threads.retry_after_item")).toEqual([]);
  });

  test("is offered for nothing where the server takes no more", async () => {
    const question = await failed();
    expect(buttonsUnder(question)).toEqual(["again", "edit"]);
    conversation.thread.status = { type: "closed" };
    expect(buttonsUnder(question)).toEqual([]);
  });

  test("can be taken back, to be written anew", async () => {
    const question = await failed(413);
    expect(conversation.takeBack(question)).toMatchObject({ input: INPUT });
    expect(texts()).toEqual(["How?", "Old."]);
    expect(conversation.state.failure).toBeNull();
    expect(tab.names("unsent")).toEqual([]);
  });

  test("is kept as soon as it is sent, for a page that is left meanwhile", async () => {
    await open();
    let taken: (response: Response) => void = () => undefined;
    host.on("threads.add_user_message", () => new Promise((resolve) => (taken = resolve)));
    const sent = conversation.send(INPUT);
    await vi.waitFor(() => expect(tab.names("unsent")).toHaveLength(1));
    await conversation.open("t2");
    taken(events([]));
    expect(await sent).toBe(false);
    await conversation.open("t1");
    expect(texts()).toEqual(["How?", "Old.", "How?"]);
  });

  test("of a temporary conversation is not kept", async () => {
    conversation.setTemporary(true);
    host.on("threads.create", () => refusal(413, "too_large"));
    await conversation.send(INPUT);
    expect(texts()).toEqual(["How?"]);
    expect(tab.names("unsent")).toEqual([]);
  });

  test("is forgotten when the server has it, and with its thread", async () => {
    await failed();
    conversation.forget("t1");
    expect(tab.names("unsent")).toEqual([]);
    host.on("threads.add_user_message", () => events([{ ...ASKED, item: { ...QUESTION, id: "r" } } as never]));
    await conversation.open(null);
    await conversation.open("t1");
    await conversation.send(INPUT);
    expect(tab.names("unsent")).toEqual([]);
  });
});

/** The server has these after what the thread had. */
function has(...more: unknown[]): void {
  hasAs("active", more);
}

function hasAs(type: string, more: unknown[]): void {
  const items = { data: [QUESTION, answer("Old.", "o"), ...more], has_more: false };
  host.on("threads.get_by_id", () => json({ ...THREAD, status: { type }, items }));
}

describe("a question that the server has, and nobody answered", () => {
  beforeEach(async () => {
    await open();
    const asked = { ...ASKED, item: { ...QUESTION, id: "r" } } as never;
    host.on("threads.add_user_message", () =>
      events([asked, { type: "error", code: "stream.error", allow_retry: true }]),
    );
    await conversation.send(INPUT);
  });

  test("is known as such, and asked again where it stands", async () => {
    const [question] = conversation.unanswered;
    expect(question?.id).toBe("r");
    has(question?.item);
    host.on("threads.retry_after_item", () => events([WHOLE[3]] as never));
    if (question) await conversation.again(question);
    expect(host.sent("threads.retry_after_item")).toEqual([{ thread_id: "t1", item_id: "r" }]);
    expect(conversation.unanswered.size).toBe(0);
  });

  test("is not asked again where its answer has come meanwhile", async () => {
    const [question] = conversation.unanswered;
    has(question?.item, answer("So.", "s"));
    if (question) await conversation.again(question);
    expect(host.sent("threads.retry_after_item")).toEqual([]);
    expect(texts()).toEqual(["How?", "Old.", "How?", "So."]);
  });

  const NEXT = { ...QUESTION, id: "s", content: [{ type: "input_text", text: "And when?" }] };

  test("is asked anew once others were asked, so that their answers stay", async () => {
    const [question] = conversation.unanswered;
    host.on("threads.add_user_message", () =>
      events([
        { type: "thread.item.done", item: NEXT as never },
        { type: "thread.item.done", item: answer("Now.", "n") },
      ]),
    );
    await conversation.send({ ...INPUT, content: [{ type: "input_text", text: "And when?" }] });
    expect([...conversation.unanswered]).toEqual([question]);
    has(question?.item, NEXT, answer("Now.", "n"));
    await askedAnew(question);
  });

  test("is asked anew as well where another window has asked others, of which this one hears only now", async () => {
    const [question] = conversation.unanswered;
    has(question?.item, NEXT, answer("Now.", "n"));
    await askedAnew(question);
  });

  test("is asked anew as well where its answer had begun", async () => {
    const [question] = conversation.unanswered;
    conversation.thread.apply({ type: "thread.item.done", item: answer("So f", "p") });
    expect(conversation.unanswered.size).toBe(0);
    has(question?.item, answer("So f", "p"), NEXT, answer("Now.", "n"));
    await askedAnew(question, "So f");
  });

  async function askedAnew(question: Entry | undefined, ...begun: string[]): Promise<void> {
    host.on("threads.add_user_message", () =>
      events([{ ...ASKED, item: { ...QUESTION, id: "u" } } as never, WHOLE[3] as never]),
    );
    if (question) await conversation.again(question);
    expect(host.sent("threads.retry_after_item")).toEqual([]);
    expect(texts()).toEqual(["How?", "Old.", "How?", ...begun, "And when?", "Now.", "How?", "**So.**"]);
    expect(conversation.unanswered.size).toBe(0);
  }

  test("is not asked again where the conversation was locked meanwhile", async () => {
    const [question] = conversation.unanswered;
    hasAs("locked", [question?.item]);
    if (question) await conversation.again(question);
    expect(host.sent("threads.retry_after_item")).toEqual([]);
    expect(conversation.thread.open).toBe(false);
  });
});

describe("an answer that can't be heard to its end", () => {
  const asked = { ...QUESTION, id: "r" };

  test.each([
    ["refused", 401],
    ["forbidden", 403],
  ])("is looked for, and not asked for anew: %s", async (code, status) => {
    await open();
    host.on("threads.add_user_message", () => events([{ ...ASKED, item: asked } as never], { run: "r1", cut: true }));
    host.on("GET /runs/r1/events?after=1", () => refusal(status, code));
    await conversation.send(INPUT);
    has(asked, answer("So.", "s"));
    conversation.state.failure?.retry?.();
    await vi.waitFor(() => expect(texts()).toEqual(["How?", "Old.", "How?", "So."]));
    expect(host.sent("threads.retry_after_item")).toEqual([]);
    expect(conversation.state.failure).toBeNull();
  });

  test("is looked for as well where the thread could not be read after it", async () => {
    await open();
    host.on("threads.add_user_message", () =>
      events([{ ...ASKED, item: asked } as never], { run: "r1", over: "failed" }),
    );
    host.on("threads.get_by_id", () => refusal(502, "away"));
    await conversation.send(INPUT);
    has(asked, answer("So.", "s"));
    conversation.state.failure?.retry?.();
    await vi.waitFor(() => expect(texts()).toEqual(["How?", "Old.", "How?", "So."]));
    expect(host.sent("threads.retry_after_item")).toEqual([]);
  });

  test("is asked for again by its key where not even its thread is known", async () => {
    const sent = vi.spyOn(host.client, "stream");
    host.on("threads.create", () => events([], { run: "r1", over: "failed" }));
    await conversation.send(INPUT);
    host.on("threads.create", () => events(WHOLE));
    conversation.state.failure?.retry?.();
    await vi.waitFor(() => expect(texts()).toEqual(["How?", "**So.**"]));
    const [first, again] = sent.mock.calls.map(([, , , key]) => key);
    expect(again).toBe(first);
  });
});

test("a question whose answer broke off before the page heard of it is asked again where it stands", async () => {
  await open();
  host.on("threads.add_user_message", () => events([], { cut: true }));
  await conversation.send(INPUT);
  const asked = { ...QUESTION, id: "r" };
  const items = { data: [QUESTION, answer("Old.", "o"), asked], has_more: false };
  host.on("threads.get_by_id", () => json({ ...THREAD, items }));
  host.on("threads.retry_after_item", () => events([WHOLE[3]] as never));
  await conversation.again(conversation.thread.entries.at(-1) as Entry);
  expect(host.sent("threads.add_user_message")).toHaveLength(1);
  expect(host.sent("threads.retry_after_item")).toEqual([{ thread_id: "t1", item_id: "r" }]);
  expect(texts()).toEqual(["How?", "Old.", "How?", "**So.**"]);
});
