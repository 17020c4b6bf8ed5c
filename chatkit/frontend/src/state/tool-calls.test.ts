import { beforeEach, describe, expect, test, vi } from "vitest";
import { site } from "../kept";
import { events, FakeHost, json, OpenStream, refusal } from "../testing/fake-host";
import type { ServerEvent, ThreadItem, UserMessageInput } from "../wire/protocol";
import { Conversation } from "./conversation";

const INPUT: UserMessageInput = {
  content: [{ type: "input_text", text: "How?" }],
  attachments: [],
  inference_options: {},
};
const QUESTION: ThreadItem = { id: "q", type: "user_message", content: INPUT.content };
const CALL: ThreadItem = {
  id: "c",
  type: "client_tool_call",
  status: "pending",
  call_id: "1",
  name: "cart",
  arguments: { a: { b: 1 } },
};
const ANSWER: ThreadItem = { id: "a", type: "assistant_message", content: [{ type: "output_text", text: "Done." }] };

/** What the server has of the thread. */
let items: ThreadItem[];

function done(item: ThreadItem): ServerEvent {
  return { type: "thread.item.done", item: structuredClone(item) };
}

function newHost(onClientTool?: FakeHost["options"]["onClientTool"]): FakeHost {
  const host = new FakeHost();
  if (onClientTool) host.options = { ...host.options, onClientTool };
  host.on("threads.get_by_id", () => json({ id: "t1", created_at: "", items: { data: items, has_more: false } }));
  host.on("threads.add_user_message", () => {
    items = [QUESTION, CALL];
    return events([done(QUESTION), done(CALL)]);
  });
  host.on("threads.add_client_tool_output", () => {
    items = [QUESTION, { ...CALL, status: "completed" } as ThreadItem, ANSWER];
    return events([done(ANSWER)]);
  });
  return host;
}

/** A tab with the thread open in it. */
async function tab(host: FakeHost): Promise<Conversation> {
  const conversation = new Conversation(host);
  await conversation.open("t1");
  return conversation;
}

function outputs(host: FakeHost): unknown[] {
  return host.sent("threads.add_client_tool_output").map(({ result }) => result);
}

async function answered(conversation: Conversation): Promise<void> {
  await vi.waitFor(() => expect(conversation.thread.last?.text).toBe("Done."), 4000);
  await vi.waitFor(() => expect(conversation.busy).toBe(false));
}

/** Web Locks of one browser: whoever asks first has the lock until what it does is over. */
function stubLocks(): void {
  const held = new Map<string, Promise<unknown>>();
  const request = async (
    name: string,
    { ifAvailable = false, mode = "exclusive" },
    work: (lock: object | null) => unknown,
  ): Promise<unknown> => {
    if (held.has(name) && ifAvailable) return work(null);
    while (held.has(name)) await held.get(name);
    const working = (async () => work({ name }))();
    if (mode === "exclusive") held.set(name, working);
    await working;
    held.delete(name);
    return undefined;
  };
  vi.stubGlobal("navigator", { ...navigator, onLine: true, locks: { request } });
}

let tool: ReturnType<typeof vi.fn<NonNullable<FakeHost["options"]["onClientTool"]>>>;
beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  items = [];
  tool = vi.fn(async () => ({ items: 2 }));
});

describe.each([
  ["Web Locks", true],
  ["marks in storage", false],
])("with %s", (_, locks) => {
  beforeEach(() => {
    if (locks) stubLocks();
  });

  test("a call is carried out and its output sent, and the answer goes on", async () => {
    const host = newHost(tool);
    const conversation = await tab(host);
    await conversation.send(INPUT);
    expect(tool.mock.calls).toEqual([[{ name: "cart", params: { a: { b: 1 } } }]]);
    expect(outputs(host)).toEqual([{ items: 2 }]);
    expect(conversation.thread.last?.text).toBe("Done.");
    const told = host.emitted.map(({ name }) => name).filter((name) => name.includes("response"));
    expect(told).toEqual(["chatkit.response.start", "chatkit.response.end"]);
  });

  test("a call that came while nobody was here is found when the thread is opened", async () => {
    items = [QUESTION, CALL];
    const host = newHost(tool);
    const conversation = await tab(host);
    await answered(conversation);
    expect(tool).toHaveBeenCalledTimes(1);
    expect(outputs(host)).toEqual([{ items: 2 }]);
  });

  test("a call at the end of a run that is taken up again is found", async () => {
    items = [QUESTION];
    const host = newHost(tool);
    host.on("threads.get_by_id", () =>
      json(
        { id: "t1", created_at: "", items: { data: items, has_more: false } },
        items.length === 1 ? "r1" : undefined,
      ),
    );
    host.on("GET /runs/r1/events?after=0", () => {
      items = [QUESTION, CALL];
      return events([done(QUESTION), done(CALL)], { run: "r1" });
    });
    const conversation = await tab(host);
    await answered(conversation);
    expect(tool).toHaveBeenCalledTimes(1);
  });

  test("of two tabs one carries it out, and both show the answer", async () => {
    items = [QUESTION, CALL];
    const hosts = [newHost(tool), newHost(tool)] as const;
    const both = await Promise.all(hosts.map(tab));
    await Promise.all(both.map(answered));
    expect(tool).toHaveBeenCalledTimes(1);
    expect(hosts.flatMap(outputs)).toEqual([{ items: 2 }]);
  });

  test("a tab that read the thread before another one's output was there reads it again", async () => {
    items = [QUESTION, CALL];
    site.write("call:t1:c:1", { at: Date.now(), delivered: true });
    const host = newHost(tool);
    const conversation = await tab(host);
    await vi.waitFor(() => expect(host.sent("threads.get_by_id")).toHaveLength(2), 4000);
    items = [QUESTION, { ...CALL, status: "completed" } as ThreadItem, ANSWER];
    await answered(conversation);
    expect(tool).not.toHaveBeenCalled();
    expect(outputs(host)).toEqual([]);
  });

  test("nor does it read it for ever where the server never has the output", async () => {
    vi.useFakeTimers();
    try {
      items = [QUESTION, CALL];
      site.write("call:t1:c:1", { at: Date.now(), delivered: true });
      const host = newHost(tool);
      const opening = tab(host);
      await vi.advanceTimersByTimeAsync(120_000);
      await opening;
      const before = host.sent("threads.get_by_id").length;
      expect(before).toBeGreaterThan(3);
      await vi.advanceTimersByTimeAsync(600_000);
      expect(host.sent("threads.get_by_id")).toHaveLength(before);
      expect(tool).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });

  test("a tab that is left half-way is not taken for one that did nothing", async () => {
    items = [QUESTION, CALL];
    site.write("call:t1:c:1", { at: Date.now() });
    const host = newHost(tool);
    await answered(await tab(host));
    expect(tool).not.toHaveBeenCalled();
    expect(outputs(host)).toEqual([{ error: expect.stringContaining("not known") }]);
  });
});

/** The page's tool is at work, until `finish` is called. */
async function atWork(run?: string) {
  let finish: (value: Record<string, unknown>) => void = () => undefined;
  tool.mockImplementation(() => new Promise((resolve) => (finish = resolve)));
  const host = newHost(tool);
  host.on("threads.add_user_message", () => {
    items = [QUESTION, CALL];
    return events([done(QUESTION), done(CALL)], run ? { run } : {});
  });
  const conversation = await tab(host);
  const sent = conversation.send(INPUT);
  await vi.waitFor(() => expect(tool).toHaveBeenCalled());
  return { host, conversation, sent, finish: (value: Record<string, unknown>) => finish(value) };
}

describe("an output that did not reach the server", () => {
  async function lost(host: FakeHost): Promise<Conversation> {
    const { on } = host;
    on.call(host, "threads.add_client_tool_output", () => {
      throw new TypeError("offline");
    });
    const conversation = await tab(host);
    await conversation.send(INPUT);
    expect(conversation.state.failure?.error.code).toBe("network");
    return conversation;
  }

  function mend(host: FakeHost): void {
    host.on("threads.add_client_tool_output", () => {
      items = [QUESTION, { ...CALL, status: "completed" } as ThreadItem, ANSWER];
      return events([done(ANSWER)]);
    });
  }

  test("is sent again, and the tool does its work once", async () => {
    const host = newHost(tool);
    const conversation = await lost(host);
    mend(host);
    conversation.state.failure?.retry?.();
    await answered(conversation);
    expect(tool).toHaveBeenCalledTimes(1);
    expect(outputs(host)).toEqual([{ items: 2 }, { items: 2 }]);
    expect(host.sent("threads.retry_after_item")).toEqual([]);
    expect(conversation.state.failure).toBeNull();
  });

  test("outlives the page", async () => {
    await lost(newHost(tool));
    const host = newHost(tool);
    await answered(await tab(host));
    expect(tool).toHaveBeenCalledTimes(1);
    expect(outputs(host)).toEqual([{ items: 2 }]);
    expect(JSON.stringify({ ...localStorage })).not.toContain("items");
  });

  test("is not sent again where the server has it and only its answer was lost", async () => {
    const host = newHost(tool);
    const conversation = await lost(host);
    items = [QUESTION, { ...CALL, status: "completed" } as ThreadItem, ANSWER];
    conversation.state.failure?.retry?.();
    await answered(conversation);
    expect(outputs(host)).toEqual([{ items: 2 }]);
    expect(conversation.state.failure).toBeNull();
  });

  test("is sent again after a refusal too", async () => {
    const host = newHost(tool);
    host.on("threads.add_client_tool_output", () => refusal(503, "busy"));
    const conversation = await tab(host);
    await conversation.send(INPUT);
    mend(host);
    conversation.state.failure?.retry?.();
    await answered(conversation);
    expect(tool).toHaveBeenCalledTimes(1);
  });

  test("of a thread that was left meanwhile waits for it", async () => {
    const { host, conversation, sent, finish } = await atWork();
    await conversation.open(null);
    finish({ items: 3 });
    await sent;
    expect(outputs(host)).toEqual([]);
    await conversation.open("t1");
    await answered(conversation);
    expect(tool).toHaveBeenCalledTimes(1);
    expect(outputs(host)).toEqual([{ items: 3 }]);
  });

  test("of an element that was taken out and put back meanwhile is sent once it is there", async () => {
    const { host, conversation, sent, finish } = await atWork();
    host.isConnected = false;
    conversation.hostDisconnected();
    await Promise.resolve();
    host.isConnected = true;
    void conversation.resume();
    finish({ items: 3 });
    await sent;
    await answered(conversation);
    expect(tool).toHaveBeenCalledTimes(1);
    expect(outputs(host)).toEqual([{ items: 3 }]);
  });
});

describe("a page", () => {
  test("cannot change what the thread has by what it is given, nor give what does not travel", async () => {
    tool.mockImplementation(async ({ params }) => {
      (params.a as Record<string, unknown>).b = "changed";
      return { when: new Date(0), nothing: undefined };
    });
    const host = newHost(tool);
    const conversation = await tab(host);
    await conversation.send(INPUT);
    expect(conversation.thread.entry("c")?.item).toMatchObject({ arguments: { a: { b: 1 } } });
    expect(outputs(host)).toEqual([{ when: "1970-01-01T00:00:00.000Z" }]);
  });

  test("that throws, or gives what cannot travel, is told to the server and to the page", async () => {
    const round: Record<string, unknown> = {};
    round.round = round;
    tool.mockResolvedValue(round);
    const host = newHost(tool);
    await (await tab(host)).send(INPUT);
    expect(outputs(host)).toEqual([{ error: expect.stringContaining("circular") }]);
    expect(host.details("chatkit.error")).toMatchObject([{ error: { code: "client_tool_failed" } }]);
  });

  test("that does not know the tool tells the server where it asked, and leaves it alone where it did not", async () => {
    const host = newHost();
    await (await tab(host)).send(INPUT);
    expect(outputs(host)).toEqual([{ error: expect.stringContaining("cart") }]);
    items = [QUESTION, { ...CALL, id: "d" } as ThreadItem];
    const other = newHost();
    await tab(other);
    expect(outputs(other)).toEqual([]);
  });

  test.each([undefined, "r1"])("that is stopped while its tool works waits for it no more (run %s)", async (run) => {
    const { host, conversation, sent, finish } = await atWork(run);
    await conversation.stop();
    await sent;
    expect(conversation.state).toMatchObject({ phase: "idle", stopped: true, failure: null });
    expect(host.said).toEqual([host.strings.stopped]);
    finish({ items: 3 });
    await conversation.open("t1");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(conversation.busy).toBe(false);
    expect(outputs(host)).toEqual([{ error: "stopped" }]);
    expect(host.sent("POST /runs/r1/stop")).toEqual([]);
    void conversation.send(INPUT);
    await vi.waitFor(() => expect(host.sent("threads.add_user_message")).toHaveLength(2));
    await conversation.open(null);
  });

  test("that is stopped while its tool works closes the call for every browser, and ends what this begins", async () => {
    const { host, conversation, sent } = await atWork("r1");
    let stream: OpenStream | undefined;
    host.on("threads.add_client_tool_output", ({ signal }) => {
      items = [QUESTION, { ...CALL, status: "completed" } as ThreadItem];
      stream = new OpenStream(signal, "r2");
      return stream.response;
    });
    host.on("POST /runs/r2/stop", () => {
      stream?.end();
      return json({});
    });
    await conversation.stop();
    await sent;
    expect(outputs(host)).toEqual([{ error: "stopped" }]);
    expect(host.sent("POST /runs/r2/stop")).toHaveLength(1);
    expect(conversation.state).toMatchObject({ phase: "idle", stopped: true, failure: null });
    localStorage.clear(); // another browser
    await tab(newHost(tool));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(tool).toHaveBeenCalledTimes(1);
  });

  test("that is stopped before its tool has begun closes the call too", async () => {
    vi.stubGlobal("navigator", { onLine: true });
    const host = newHost(tool);
    const conversation = await tab(host);
    const sent = conversation.send(INPUT);
    await vi.waitFor(() => expect(site.names("lock:")).toHaveLength(1), { interval: 5 });
    await conversation.stop();
    await sent;
    expect(tool).not.toHaveBeenCalled();
    expect(outputs(host)).toEqual([{ error: "stopped" }]);
    expect(conversation.state).toMatchObject({ phase: "idle", stopped: true, failure: null });
  });

  test("that is stopped without the network never carries the call out, nor shows a failure", async () => {
    const { host, conversation, sent } = await atWork("r1");
    host.on("threads.add_client_tool_output", () => Promise.reject(new TypeError("offline")));
    await conversation.stop();
    await sent;
    expect(conversation.state).toMatchObject({ phase: "idle", stopped: true, failure: null });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * 86_400_000 });
    try {
      items = [QUESTION, { ...CALL, id: "d" } as ThreadItem];
      const other = newHost(async () => ({})); // forgets what is old
      await answered(await tab(other));
      items = [QUESTION, CALL];
      await tab(newHost(tool));
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(tool).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test("that found the call later is stopped at once as well", async () => {
    items = [QUESTION, CALL];
    tool.mockImplementation(() => new Promise(() => undefined));
    const conversation = await tab(newHost(tool));
    await vi.waitFor(() => expect(tool).toHaveBeenCalled());
    await conversation.stop();
    await vi.waitFor(() => expect(conversation.busy).toBe(false));
    expect(conversation.state.stopped).toBe(true);
  });

  test("that comes back to a tool at work waits for it, also where no tab can have a call to itself", async () => {
    vi.stubGlobal("navigator", { onLine: true, locks: { request: () => Promise.reject(new Error("sandboxed")) } });
    const { host, conversation, finish } = await atWork();
    await conversation.open(null);
    await conversation.open("t1");
    await vi.waitFor(() => expect(conversation.busy).toBe(true));
    finish({ items: 3 });
    await answered(conversation);
    expect(outputs(host)).toEqual([{ items: 3 }]);
  });

  test("that was stopped carries nothing out any more", async () => {
    const host = newHost(tool);
    host.on("threads.add_user_message", ({ signal }) => {
      const stream = new OpenStream(signal);
      stream.send(done(QUESTION));
      return stream.response;
    });
    const conversation = await tab(host);
    const sent = conversation.send(INPUT);
    await vi.waitFor(() => expect(conversation.state.phase).toBe("answering"));
    items = [QUESTION, CALL];
    await conversation.stop();
    await sent;
    await conversation.refresh();
    expect(tool).not.toHaveBeenCalled();
  });
});
