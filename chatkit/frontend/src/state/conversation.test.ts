import { beforeEach, describe, expect, test, vi } from "vitest";
import { ASKED, answer, begun, INPUT, namesOf, opened, THREAD, textsOf, WHOLE } from "../testing/asked";
import { events, type FakeHost, json, OpenStream, refusal } from "../testing/fake-host";
import type { ServerEvent, ThreadItem } from "../wire/protocol";
import type { Conversation } from "./conversation";

let host: FakeHost;
let conversation: Conversation;
beforeEach(() => {
  ({ host, conversation } = begun());
});

const texts = () => textsOf(conversation);

const names = () => namesOf(host);

function textOf(item: ThreadItem): string | undefined {
  return "content" in item && Array.isArray(item.content) ? (item.content[0] as { text: string }).text : undefined;
}

const open = (run?: string) => opened(host, conversation, run);

describe("the first message", () => {
  test("begins a thread, and its answer is shown, told and read out", async () => {
    host.on("threads.create", () => events(WHOLE, { run: "r1" }));
    await conversation.send(INPUT);
    expect(host.sent("threads.create")).toEqual([{ input: INPUT }]);
    expect(texts()).toEqual(["How?", "**So.**"]);
    expect(conversation).toMatchObject({ threadId: "t1", busy: false });
    expect(conversation.state).toMatchObject({ phase: "idle", failure: null });
    expect(names()).toEqual(["response.start", "thread.change", "response.end"]);
    expect(host.said).toEqual([host.strings.assistantSaid("So.")]);
  });

  test("is said to be on its way after ten seconds, and that one may leave after thirty", async () => {
    vi.useFakeTimers();
    try {
      const stream = new OpenStream(null, "r1");
      host.on("threads.create", () => stream.response);
      const sent = conversation.send(INPUT);
      await vi.advanceTimersByTimeAsync(9_900);
      expect(conversation.state.waited).toBe(0);
      await vi.advanceTimersByTimeAsync(200);
      expect(conversation.state).toMatchObject({ waited: 10, kept: true });
      await vi.advanceTimersByTimeAsync(20_000);
      const { stillWorking, mayLeave } = host.strings;
      expect(host.said).toEqual([stillWorking, mayLeave]);
      for (const event of WHOLE) stream.send(event);
      stream.end();
      await vi.runAllTimersAsync();
      await sent;
      expect(conversation.state).toMatchObject({ waited: 0, kept: false });
    } finally {
      vi.useRealTimers();
    }
  });

  test("begins a temporary thread where that is wanted, as long as the server says so", async () => {
    const [, ...rest] = WHOLE;
    const said = (metadata: object) => [{ type: "thread.created", thread: { ...THREAD, metadata } } as never, ...rest];
    host.on("threads.create", () => events(said({ "chatkit.temporary": true })));
    conversation.setTemporary(true);
    await conversation.send(INPUT);
    expect(host.requests.map(({ metadata }) => metadata)).toEqual([{ "chatkit.temporary": true }]);
    expect(conversation.thread.temporary).toBe(true);
    conversation.setTemporary(false);
    expect(conversation.thread.temporary).toBe(true);
    await conversation.open(null);
    expect(conversation.thread.temporary).toBe(false);
    host.on("threads.create", () => events(said({})));
    conversation.setTemporary(true);
    await conversation.send(INPUT);
    expect(conversation.thread.temporary).toBe(false);
  });

  test("is shown before the server has it", async () => {
    host.on("threads.create", () => {
      expect(texts()).toEqual(["How?"]);
      expect(conversation.state.phase).toBe("waiting");
      return events(WHOLE);
    });
    await conversation.send(INPUT);
    expect(conversation.thread.entries.map(({ id }) => id)).toEqual(["q", "a"]);
  });

  test("that is refused stays, and can be sent again", async () => {
    host.on("threads.create", () => refusal(429, "rate_limited"));
    await conversation.send(INPUT);
    expect(texts()).toEqual(["How?"]);
    expect([...conversation.unanswered]).toEqual(conversation.thread.entries);
    expect(conversation.state.failure?.error.code).toBe("rate_limited");
    expect(host.details("chatkit.error")).toMatchObject([{ error: { code: "rate_limited" } }]);
    expect(names().at(-1)).toBe("response.end");
    host.on("threads.create", () => events(WHOLE));
    conversation.state.failure?.retry?.();
    await vi.waitFor(() => expect(texts()).toEqual(["How?", "**So.**"]));
    expect(host.sent("threads.create")).toEqual([{ input: INPUT }, { input: INPUT }]);
    expect(conversation.state.failure).toBeNull();
    expect(conversation.unanswered.size).toBe(0);
  });
});

describe("the next message", () => {
  test("goes to the open thread", async () => {
    await open();
    host.on("threads.add_user_message", () => events(WHOLE.slice(1)));
    await conversation.send(INPUT);
    expect(host.sent("threads.add_user_message")).toEqual([{ thread_id: "t1", input: INPUT }]);
  });

  test("waits for the end of the answer", async () => {
    await open();
    host.on("threads.add_user_message", ({ signal }) => new OpenStream(signal).response);
    void conversation.send(INPUT);
    await expect(conversation.send(INPUT)).rejects.toMatchObject({ code: "busy" });
    await conversation.open(null);
  });

  test("takes the last failure and notice off the screen", async () => {
    await open();
    const notice: ServerEvent = { type: "notice", level: "warning", message: "Slow today.", title: "Note" };
    host.on("threads.add_user_message", () => events([notice, { type: "error", code: "custom", message: "No." }]));
    await conversation.send(INPUT);
    expect(conversation.state.notices).toEqual([{ level: "warning", message: "Slow today.", title: "Note" }]);
    expect(conversation.state.failure?.error).toMatchObject({ code: "custom", userMessage: "No." });
    expect(host.said).toContain("Note. Slow today.");
    host.on("threads.add_user_message", () => events(WHOLE.slice(1)));
    await conversation.send(INPUT);
    expect(conversation.state).toMatchObject({ failure: null, notices: [] });
  });
});

describe("an answer that fails", () => {
  async function failWith(event: Omit<Extract<ServerEvent, { type: "error" }>, "type">): Promise<void> {
    await open();
    host.on("threads.add_user_message", () => events([ASKED, { type: "error", ...event }], { run: "r1" }));
    await conversation.send(INPUT);
  }

  test("offers another try where the server allows it", async () => {
    await failWith({ code: "stream.error", allow_retry: true });
    host.on("threads.retry_after_item", () => events(WHOLE.slice(2)));
    conversation.state.failure?.retry?.();
    await vi.waitFor(() => expect(texts().at(-1)).toBe("**So.**"));
    expect(host.sent("threads.retry_after_item")).toEqual([{ thread_id: "t1", item_id: "q" }]);
  });

  test("offers none where it does not, and shows no server's words but those meant for people", async () => {
    await failWith({ code: "stream.error", message: "Traceback" });
    expect(conversation.state.failure?.retry).toBeNull();
    expect(conversation.state.failure?.error.userMessage).toBeUndefined();
  });
});

describe("opening", () => {
  test("shows a thread, and what came before, once what draws it is here", async () => {
    const prepared = vi.spyOn(host, "prepared").mockImplementation(async (items) => {
      expect(texts()).not.toContain(items.map((item) => textOf(item)).at(-1));
    });
    await open();
    expect(prepared).toHaveBeenCalledTimes(1);
    expect(texts()).toEqual(["How?", "Old."]);
    conversation.thread.earlier = "q";
    host.on("items.list", () => json({ data: [answer("Older.", "e")], has_more: false }));
    await conversation.loadEarlier();
    expect(prepared).toHaveBeenCalledTimes(2);
    expect(texts()).toEqual(["Older.", "How?", "Old."]);
  });

  test("shows the thread and tells the page when it is there", async () => {
    await open();
    expect(texts()).toEqual(["How?", "Old."]);
    expect(names()).toEqual(["thread.change", "thread.load.start", "thread.load.end"]);
  });

  test("reads the newest items of a long thread, and the earlier ones when asked", async () => {
    host.on("threads.get_by_id", () => json({ ...THREAD, items: { data: [answer("1", "1")], has_more: true } }));
    const pages = new Map<unknown, unknown>([
      [undefined, { data: [answer("3", "3")], has_more: true, after: "3" }],
      ["3", { data: [], has_more: true, after: "2b" }],
      ["2b", { data: [answer("2", "2"), answer("1", "1")], has_more: false }],
    ]);
    host.on("items.list", ({ params }) => json(pages.get(params.after)));
    await conversation.open("t1");
    expect(texts()).toEqual(["3"]);
    await conversation.loadEarlier();
    expect(texts()).toEqual(["1", "2", "3"]);
    expect(conversation.thread.earlier).toBeNull();
    await conversation.refresh();
    expect(texts()).toEqual(["1", "2", "3"]);
    expect(conversation.thread.earlier).toBeNull();
  });

  describe("what came before", () => {
    let release: (response: Response) => void;

    beforeEach(async () => {
      await open();
      conversation.thread.earlier = "q";
      host.on("items.list", () => new Promise((resolve) => (release = resolve)));
    });

    const older = (id: string) => json({ data: [answer("Older.", id)], has_more: false });
    const asked = (times: number) => vi.waitFor(() => expect(host.sent("items.list")).toHaveLength(times));

    test("fails in its own conversation only", async () => {
      const reading = conversation.loadEarlier();
      await asked(1);
      await conversation.open("t2");
      release(refusal(500, "broken"));
      await reading;
      expect(conversation.state.failure).toBeNull();
    });

    test("is read anew after a failure, which is over then", async () => {
      const reading = conversation.loadEarlier();
      await asked(1);
      release(refusal(500, "broken"));
      await reading;
      conversation.state.failure?.retry?.();
      await asked(2);
      release(older("e"));
      await vi.waitFor(() => expect(conversation.state.failure).toBeNull());
      expect(texts()).toEqual(["Older.", "How?", "Old."]);
    });

    test("is waited for by whoever asks for it again", async () => {
      void conversation.loadEarlier();
      const again = conversation.loadEarlier();
      await asked(1);
      release(older("e"));
      await again;
      expect(texts()).toEqual(["Older.", "How?", "Old."]);
      expect(host.sent("items.list")).toHaveLength(1);
      expect(conversation.loadingEarlier).toBe(false);
    });

    test("of another conversation is read by itself", async () => {
      void conversation.loadEarlier();
      await asked(1);
      const first = release;
      await conversation.open("t2");
      expect(conversation.loadingEarlier).toBe(false);
      conversation.thread.earlier = "x";
      const other = conversation.loadEarlier();
      await asked(2);
      first(older("e"));
      await new Promise((resolve) => setTimeout(resolve));
      expect(conversation.loadingEarlier).toBe(true);
      release(older("f"));
      await other;
      expect(texts()).toEqual(["Older."]);
    });
  });

  test("that fails can be tried again", async () => {
    host.on("threads.get_by_id", () => refusal(500, "broken"));
    await conversation.open("t1");
    expect(conversation.state).toMatchObject({ phase: "idle", failure: { opening: true, error: { code: "broken" } } });
    host.on("threads.get_by_id", () => json({ ...THREAD, items: { data: [answer("Here.")], has_more: false } }));
    conversation.state.failure?.retry?.();
    await vi.waitFor(() => expect(texts()).toEqual(["Here."]));
    expect(conversation.state.failure).toBeNull();
  });

  test("another thread meanwhile wins", async () => {
    const answers: ((response: Response) => void)[] = [];
    host.on("threads.get_by_id", () => new Promise((resolve) => answers.push(resolve)));
    const first = conversation.open("t1");
    const second = conversation.open("t2");
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(json({ ...THREAD, id: "t2", items: { data: [answer("Two")], has_more: false } }));
    answers[0]?.(json({ ...THREAD, items: { data: [answer("One")], has_more: false } }));
    await Promise.all([first, second]);
    expect(conversation.threadId).toBe("t2");
    expect(texts()).toEqual(["Two"]);
  });

  test("takes up the run that is still live, from its beginning", async () => {
    const update = { type: "assistant_message.content_part.text_delta", content_index: 0, delta: "Live" } as const;
    host.on("GET /runs/r1/events?after=0", () =>
      events([
        { type: "thread.item.added", item: answer("", "o") },
        { type: "thread.item.added", item: answer("", "n") },
        { type: "thread.item.updated", item_id: "n", update },
        { type: "thread.item.done", item: answer("Live", "n") },
      ]),
    );
    await open("r1");
    await vi.waitFor(() => expect(conversation.busy).toBe(false));
    await vi.waitFor(() => expect(texts()).toEqual(["How?", "Old.", "Live"]));
  });
});

describe("stopping", () => {
  /** Sends a message whose answer stays open, and waits until it has begun. */
  async function asked(run?: string): Promise<{ stream: OpenStream; signal: AbortSignal | null }> {
    await open();
    return new Promise((resolve) => {
      host.on("threads.add_user_message", ({ signal }) => {
        const stream = new OpenStream(signal, run);
        stream.send(ASKED);
        void vi
          .waitFor(() => expect(conversation.state.phase).toBe("answering"))
          .then(() => resolve({ stream, signal }));
        return stream.response;
      });
      void conversation.send(INPUT);
    });
  }

  test("asks the server to end the run, and keeps what it still sends", async () => {
    const { stream } = await asked("r1");
    host.on("POST /runs/r1/stop", () => {
      stream.send({ type: "thread.item.done", item: answer("Half.") });
      stream.end();
      return new Response();
    });
    const stopping = conversation.stop();
    expect(conversation.state.phase).toBe("stopping");
    await Promise.all([stopping, conversation.stop()]);
    await vi.waitFor(() => expect(conversation.state.phase).toBe("idle"));
    expect(host.sent("POST /runs/r1/stop")).toHaveLength(1);
    expect(texts().at(-1)).toBe("Half.");
    expect(conversation.state).toMatchObject({ stopped: true, failure: null });
    expect(host.said).toEqual([host.strings.stopped]);
  });

  test("closes the connection on servers without runs", async () => {
    const { signal } = await asked();
    await conversation.stop();
    await vi.waitFor(() => expect(conversation.state.phase).toBe("idle"));
    expect(signal?.aborted).toBe(true);
    expect(conversation.state).toMatchObject({ stopped: true, failure: null });
  });

  test("closes it too where the server does not take the request", async () => {
    const { signal } = await asked("r1");
    host.on("POST /runs/r1/stop", () => refusal(500, "broken"));
    await conversation.stop();
    await vi.waitFor(() => expect(conversation.state.phase).toBe("idle"));
    expect(signal?.aborted).toBe(true);
  });
});

test("an effect goes to the page", async () => {
  await open();
  host.on("threads.add_user_message", () => events([...WHOLE.slice(1), { type: "client_effect", name: "confetti" }]));
  await conversation.send(INPUT);
  expect(host.details("chatkit.effect")).toEqual([{ name: "confetti", data: {} }]);
});

describe("leaving for another thread", () => {
  test("at an effect of the answer shows nothing there of what came with it", async () => {
    await open();
    const { emit } = host;
    vi.spyOn(host, "emit").mockImplementation((name, detail) => {
      emit.call(host, name, detail);
      if (name === "chatkit.effect") void conversation.open(null);
    });
    const all = [ASKED, { type: "client_effect", name: "go" }, { type: "thread.item.done", item: answer("Secret.") }];
    host.on("threads.add_user_message", () => {
      const body = all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
      return new Response(body, { headers: { "X-ChatKit-Run": "r1" } });
    });
    await conversation.send(INPUT);
    expect(conversation.threadId).toBeNull();
    expect(texts()).toEqual([]);
    expect(conversation.busy).toBe(false);
  });

  test("ends the answer here, tells it once and shows nothing of it there", async () => {
    await open();
    let stream: OpenStream | undefined;
    host.on("threads.add_user_message", ({ signal }) => {
      stream = new OpenStream(signal, "r1");
      stream.send(ASKED);
      return stream.response;
    });
    const sent = conversation.send(INPUT);
    await vi.waitFor(() => expect(conversation.state.phase).toBe("answering"));
    await conversation.open(null);
    await sent;
    expect(conversation.threadId).toBeNull();
    expect(conversation.state).toMatchObject({ phase: "idle", failure: null });
    expect(texts()).toEqual([]);
    expect(names().filter((name) => name === "response.end")).toHaveLength(1);
    expect(host.sent("POST /runs/r1/stop")).toEqual([]);
  });
});
