import { beforeEach, describe, expect, test, vi } from "vitest";
import { answer, begun, INPUT, opened, QUESTION, THREAD, textsOf, WHOLE } from "../testing/asked";
import { events, type FakeHost, json, OpenStream, refusal } from "../testing/fake-host";
import type { ThreadItem, UserMessageInput } from "../wire/protocol";
import { Conversation } from "./conversation";
import type { Entry } from "./entry";
import { networkBack } from "./try-again";

let host: FakeHost;
let conversation: Conversation;
beforeEach(() => {
  ({ host, conversation } = begun());
});

const texts = () => textsOf(conversation);

function input(text: string): UserMessageInput {
  return { ...INPUT, content: [{ type: "input_text", text }] };
}

/** The server takes each question, and answers it with its text. */
function answering(): string[] {
  const taken: string[] = [];
  const items: ThreadItem[] = [QUESTION as never, answer("Old.", "o")];
  host.on("threads.add_user_message", ({ params }) => {
    const { content } = params.input as UserMessageInput;
    const text = content[0]?.text ?? "";
    taken.push(text);
    const both = [{ ...QUESTION, id: `q-${text}`, content } as never, answer(`${text}!`, `a-${text}`)];
    items.push(...both);
    return events(both.map((item) => ({ type: "thread.item.done", item })));
  });
  host.on("threads.get_by_id", () => json({ ...THREAD, items: { data: [...items], has_more: false } }));
  return taken;
}

test("has after a reload the time when it was asked", async () => {
  vi.useFakeTimers({ now: new Date("2026-01-02T03:04:05Z"), toFake: ["Date"] });
  host.on("threads.create", () => refusal(500, "broken"));
  await conversation.send(INPUT);
  vi.setSystemTime(new Date("2026-01-02T09:00:00Z"));
  const again = new Conversation(host);
  again.restore();
  vi.useRealTimers();
  expect(again.thread.entries.map(({ item }) => item.created_at)).toEqual(["2026-01-02T03:04:05.000Z"]);
});

describe("once the network is back", () => {
  beforeEach(async () => {
    await opened(host, conversation);
    await conversation.send(input("One")); // nothing answers it
    await conversation.send(input("Two"));
    expect(texts()).toEqual(["How?", "Old.", "One", "Two"]);
  });

  test("each that it kept back is sent, in the order in which they were asked", async () => {
    const taken = answering();
    await networkBack(conversation);
    expect(taken).toEqual(["One", "Two"]);
    expect(texts()).toEqual(["How?", "Old.", "One", "One!", "Two", "Two!"]);
    expect(conversation.unanswered.size).toBe(0);
  });

  test("none is sent that was refused for another reason", async () => {
    host.on("threads.add_user_message", () => refusal(500, "broken"));
    const [first] = conversation.thread.entries.filter(({ message }) => message);
    if (first) await conversation.again(first);
    host.on("threads.add_user_message", () => {
      throw new TypeError("offline");
    });
    await conversation.send(input("Three"));
    const taken = answering();
    await networkBack(conversation);
    expect(taken).toEqual(["Two", "Three"]);
  });

  test("nor is another answer forgotten that was asked for meanwhile", async () => {
    await conversation.retry(conversation.thread.entry("q") as Entry); // nothing answers it
    const taken = answering();
    const again = vi.fn(() => events([{ type: "thread.item.done", item: answer("New.", "o") }]));
    host.on("threads.retry_after_item", again);
    await networkBack(conversation);
    expect(again).toHaveBeenCalledOnce();
    expect(taken).toEqual(["One", "Two"]);
    expect(conversation.unanswered.size).toBe(0);
  });

  test("the next is not sent where the first fails again", async () => {
    const asked = vi.fn(() => refusal(500, "broken"));
    host.on("threads.add_user_message", asked);
    await networkBack(conversation);
    expect(asked).toHaveBeenCalledOnce();
  });
});

describe("stays last", () => {
  beforeEach(async () => {
    await opened(host, conversation);
    host.on("threads.add_user_message", () => refusal(500, "broken"));
    await conversation.send(input("Unsent"));
  });

  test("where an earlier question is asked anew", async () => {
    host.on("threads.add_user_message", () =>
      events([
        { type: "thread.item.done", item: { ...QUESTION, id: "r", content: input("Edited").content } as never },
        WHOLE[3] as never,
      ]),
    );
    await conversation.send(input("Edited"), [], undefined, "q");
    expect(texts()).toEqual(["Edited", "**So.**", "Unsent"]);
  });

  test("where the question that it followed gets another answer", async () => {
    host.on("threads.retry_after_item", () => events([{ type: "thread.item.done", item: answer("New.", "n") }]));
    await conversation.retry(conversation.thread.entry("q") as Entry);
    expect(texts()).toEqual(["How?", "New.", "Unsent"]);
  });
});

describe("that was to take the place of another, while another tab's answer is written", () => {
  const OTHER = { ...QUESTION, id: "r", content: input("Elsewhere?").content };

  beforeEach(async () => {
    await opened(host, conversation);
    host.on("threads.add_user_message", () => refusal(409, "run_in_progress"));
  });

  /** The server has the other tab's question by now, and its answer or the run that gives it. */
  function has(answers: ThreadItem[], run?: string): void {
    const items = { data: [QUESTION, answer("Old.", "o"), OTHER, ...answers], has_more: false };
    host.on("threads.get_by_id", () => json({ ...THREAD, items }, run));
  }

  test("is shown at the end, and is not said to be in the way of what is over", async () => {
    has([answer("There.", "t")]);
    await conversation.send(input("Edited"), [], undefined, "q");
    await vi.waitFor(() => expect(texts()).toEqual(["How?", "Old.", "Elsewhere?", "There.", "Edited"]));
    await vi.waitFor(() => expect(conversation.state.failure).toBeNull());
    expect(conversation.thread.entries.at(-1)?.message).toMatchObject({ edits: "q" });
  });

  test("stays at the end while that is being written", async () => {
    has([], "r1");
    let stream: OpenStream | undefined;
    host.on("GET /runs/r1/events?after=0", ({ signal }) => {
      stream = new OpenStream(signal, "r1");
      return stream.response;
    });
    await conversation.send(input("Edited"), [], undefined, "q");
    await vi.waitFor(() => expect(stream).toBeDefined());
    stream?.send({ type: "thread.item.added", item: answer("Th", "t") });
    await vi.waitFor(() => expect(texts()).toEqual(["How?", "Old.", "Elsewhere?", "Th", "Edited"]));
    stream?.send({ type: "thread.item.done", item: answer("There.", "t") });
    stream?.end();
    await vi.waitFor(() => expect(conversation.busy).toBe(false));
    expect(texts()).toEqual(["How?", "Old.", "Elsewhere?", "There.", "Edited"]);
    expect(conversation.state.failure).toBeNull();
  });
});
