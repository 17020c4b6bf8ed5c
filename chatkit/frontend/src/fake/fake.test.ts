/** The fake backend, read with what the element reads its server with. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Client } from "../wire/client";
import type { ServerEvent, ThreadItem } from "../wire/protocol";
import { fakeBackend } from "./backend";

const backend = fakeBackend();
let client: Client;

beforeEach(() => {
  backend.reset();
  client = new Client(
    () => backend.api,
    () => "en",
  );
});

function input(text: string, attachments: string[] = []) {
  return { content: [{ type: "input_text", text }], attachments, inference_options: {} };
}

async function read(type: string, params: object, signal = new AbortController().signal): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const batch of (await client.stream(type, params, signal)).batches) events.push(...batch);
  return events;
}

const create = (text: string) => read("threads.create", { input: input(text) });
const more = (thread_id: string, text: string) => read("threads.add_user_message", { thread_id, input: input(text) });
const items = (events: ServerEvent[]): ThreadItem[] =>
  events.flatMap((event) => (event.type === "thread.item.done" ? [event.item] : []));

function textOf(events: ServerEvent[]): string {
  return events
    .map((event) => (event.type === "thread.item.updated" && "delta" in event.update ? event.update.delta : ""))
    .join("");
}

function errorOf(events: ServerEvent[]): string | undefined {
  return events.flatMap((event) => (event.type === "error" ? [event.message] : []))[0];
}

async function begun(): Promise<string> {
  backend.answer("Hello.");
  await create("Hello?");
  return backend.threads[0]?.id as string;
}

describe("an answer", () => {
  test("is made of texts and sources, whose places count as Python does", async () => {
    backend.answer("Within 😀 ", { source: { title: "Returns", url: "/returns" } }, "30 days.", {
      source: { title: "Terms", filename: "terms.pdf" },
    });
    const events = await create("How long?");
    expect(events[0]?.type).toBe("thread.created");
    expect(textOf(events)).toBe("Within 😀 30 days.");
    const [question, answer] = items(events);
    expect(question).toMatchObject({ type: "user_message", content: [{ text: "How long?" }] });
    expect(answer).toMatchObject({
      type: "assistant_message",
      content: [{ text: "Within 😀 30 days.", annotations: [{ index: 9 }, { index: 17 }] }],
    });
    expect(backend.threads[0]?.items).toEqual([question, answer]);
  });

  test("may have widgets, effects and progress, and events as they are", async () => {
    backend.answer(
      { progress: "Looking …" },
      { effect: "open", data: { id: 1 } },
      { widget: { type: "Card", children: [] }, copyText: "Card" },
      { event: { type: "notice", level: "info", message: "By the way" } },
    );
    const types = (await create("Show me")).map(({ type }) => type);
    expect(types.slice(-4)).toEqual(["progress_update", "client_effect", "thread.item.done", "notice"]);
    expect(backend.threads[0]?.items.at(-1)).toMatchObject({ type: "widget", copy_text: "Card" });
  });

  test("may fail, break off, or be missing", async () => {
    backend.answer("So far", { error: "We are closed.", retry: true }, "never").answer("Half", { cut: true });
    const failed = await create("Open?");
    expect([textOf(failed), failed.at(-1)]).toEqual([
      "So far",
      { type: "error", code: "custom", message: "We are closed.", allow_retry: true },
    ]);
    const thread = backend.threads[0]?.id as string;
    await expect(more(thread, "Open?")).rejects.toThrow("network error");
    expect(errorOf(await more(thread, "Open?"))).toBe('The script has no answer left to "Open?".');
  });

  test("is chosen by what is asked", async () => {
    backend.reset({ reply: ({ text }) => (/return/i.test(text) ? "30 days." : undefined), answers: ["In turn."] });
    expect(textOf(await create("Returns?"))).toBe("30 days.");
    expect(textOf(await create("Else?"))).toBe("In turn.");
  });

  test("comes at the pace of the test", async () => {
    vi.useFakeTimers();
    backend.pace = 100;
    backend.answer("a", { wait: 1000 }, "b");
    const answer = create("Slowly");
    await vi.advanceTimersByTimeAsync(1500);
    let over = false;
    void answer.then(() => (over = true));
    await vi.advanceTimersByTimeAsync(0);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    expect(textOf(await answer)).toBe("ab");
  });

  test("is held until the test lets it go on", async () => {
    backend.answer("One, ", { hold: true }, "two.");
    const { batches } = await client.stream("threads.create", { input: input("Count") }, new AbortController().signal);
    const events: ServerEvent[] = [];
    for await (const batch of batches) {
      events.push(...batch);
      if (textOf(events) === "One, ") backend.go();
    }
    expect(textOf(events)).toBe("One, two.");
  });

  test("breaks off where it is stopped, and where the backend is reset", async () => {
    backend.answer("One, ", { hold: true });
    const stop = new AbortController();
    const answer = read("threads.create", { input: input("Count") }, stop.signal);
    await vi.waitFor(() => expect(backend.requests).toHaveLength(1));
    stop.abort();
    await expect(answer).rejects.toThrow();
    backend.answer({ hold: true });
    const other = create("Count");
    await vi.waitFor(() => expect(backend.requests).toHaveLength(2));
    backend.reset();
    await expect(other).rejects.toThrow("The backend was reset.");
    expect([backend.requests, backend.threads]).toEqual([[], []]);
  });
});

describe("a conversation", () => {
  test("goes on with what a tool of the page returned", async () => {
    backend.answer("A look.", { clientTool: "basket", arguments: { page: 2 } }).answer("Three things.");
    const [, , call] = items(await create("My basket?"));
    expect(call).toMatchObject({ type: "client_tool_call", status: "pending", name: "basket", arguments: { page: 2 } });
    const thread_id = backend.threads[0]?.id as string;
    const output = { thread_id, result: { things: 3 } };
    expect(textOf(await read("threads.add_client_tool_output", output))).toBe("Three things.");
    expect(backend.threads[0]?.items[2]).toMatchObject({ status: "completed", output: { things: 3 } });
  });

  test("is answered again", async () => {
    const thread_id = await begun();
    backend.reset({ threads: [{ id: thread_id, items: [{ user: "Hello?" }, { assistant: "Hello." }] }] });
    const item_id = backend.threads[0]?.items[0]?.id;
    backend.answer("Good day.");
    expect(textOf(await read("threads.retry_after_item", { thread_id, item_id }))).toBe("Good day.");
    expect(backend.threads[0]?.items).toHaveLength(2);
    expect(backend.requests[0]?.text).toBe("Hello?");
  });

  test("is listed, renamed and deleted", async () => {
    backend.reset({ threads: ["A", "B", "C"].map((title) => ({ id: title, title, items: [{ user: "?" }] })) });
    const list = (params: object) => client.call<{ data: { id: string }[]; has_more: boolean }>("threads.list", params);
    const { value } = await list({ limit: 2, order: "desc" });
    expect([value.data.map(({ id }) => id), value.has_more]).toEqual([["C", "B"], true]);
    expect((await list({ limit: 2, order: "desc", after: "B" })).value).toMatchObject({ has_more: false });
    await client.call("threads.update", { thread_id: "A", title: "Ah" });
    await client.call("threads.delete", { thread_id: "B" });
    expect(backend.threads.map(({ title }) => title)).toEqual(["Ah", "C"]);
    const { value: thread } = await client.call("threads.get_by_id", { thread_id: "A" });
    expect(thread).toMatchObject({ title: "Ah", items: { data: [{ type: "user_message" }], has_more: false } });
    await expect(client.call("threads.get_by_id", { thread_id: "B" })).rejects.toMatchObject({ code: "not_found" });
    const page = await client.call<{ data: unknown[] }>("items.list", { thread_id: "A", order: "asc" });
    expect(page.value.data).toHaveLength(1);
  });

  test("has votes and actions", async () => {
    const options = {
      answers: [[{ widget: { type: "Card", children: [] } }]],
      onAction: ({ type }: { type: string }) =>
        type === "ask" ? "Done." : type === "swap" ? { item: { type: "widget", widget: { type: "Box" } } } : undefined,
    };
    backend.reset(options);
    const [, widget] = items(await create("A card"));
    const thread_id = backend.threads[0]?.id as string;
    const item_id = widget?.id as string;
    const act = (type: string) => read("threads.custom_action", { thread_id, item_id, action: { type } });
    expect(textOf(await act("ask"))).toBe("Done.");
    expect(errorOf(await act("other"))).toBe('The script says nothing of the action "other".');
    const swap = { thread_id, item_id, action: { type: "swap" } };
    const { value } = await client.call("threads.sync_custom_action", swap);
    expect(value).toMatchObject({ updated_item: { id: item_id, widget: { type: "Box" } } });
    await client.call("items.feedback", { thread_id, item_ids: [item_id], kind: "positive" });
    expect(backend.votes).toEqual([{ threadId: thread_id, itemIds: [item_id], kind: "positive" }]);
  });

  test("has the answers to questions", async () => {
    const inputs = [{ type: "freeform", id: "q1", question: "Which?" }];
    const form = { id: "form", type: "structured_input", status: "pending", inputs };
    backend.reset({ threads: [{ id: "A", items: [form] }], answers: ["Thank you."] });
    const given = { answers: { q1: { values: ["Red"] } } };
    const params = { thread_id: "A", item_id: "form", input: given };
    expect(textOf(await read("threads.add_structured_input", params))).toBe("Thank you.");
    expect(backend.threads[0]?.items[0]).toMatchObject({
      status: "answered",
      inputs: [{ answer: { values: ["Red"] } }],
    });
  });
});

describe("files and refusals", () => {
  const notes = { name: "notes.txt", size: 3, mime_type: "text/plain" };

  test("a file is announced, sent, and named in a message", async () => {
    const { value } = await client.call<{ id: string; upload_descriptor: { url: string } }>(
      "attachments.create",
      notes,
    );
    await client.upload(value.upload_descriptor.url, { method: "PUT", body: new Blob(["abc"]) });
    expect(backend.attachments).toMatchObject([{ name: "notes.txt", uploaded: true }]);
    backend.answer("I see.");
    const [question] = items(await read("threads.create", { input: input("Look", [value.id]) }));
    expect(question).toMatchObject({ attachments: [{ id: value.id, name: "notes.txt", type: "file" }] });
    await client.call("attachments.delete", { attachment_id: value.id });
    expect(backend.attachments).toEqual([]);
  });

  test("a form with a file is taken at once", async () => {
    const body = new FormData();
    body.append("file", new File(["abc"], "notes.txt", { type: "text/plain" }));
    const response = await client.upload("/anywhere", { method: "POST", body });
    expect(await response.json()).toMatchObject({ name: "notes.txt", mime_type: "text/plain" });
  });

  test("files are refused with a sentence", async () => {
    backend.reset({ attachments: "Not on Sundays.", dictation: "Said." });
    const refused = client.call("attachments.create", notes);
    await expect(refused).rejects.toMatchObject({ code: "attachment_refused", message: "Not on Sundays." });
    expect((await client.call("input.transcribe", {})).value).toEqual({ text: "Said." });
  });

  test("the next request is refused, of one type or of any", async () => {
    backend.refuse({ status: 429, code: "rate_limited", message: "Slowly." }, "threads.create").refuse({ status: 0 });
    await expect(client.call("threads.list", {})).rejects.toMatchObject({ code: "network" });
    await expect(create("Hello?")).rejects.toMatchObject({ code: "rate_limited", status: 429 });
    backend.answer("Hello.");
    expect(textOf(await create("Hello?"))).toBe("Hello.");
    await expect(client.call("threads.dance", {})).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("a `Request` is taken, too, and what is no request is named", async () => {
    const body = JSON.stringify({ type: "threads.list", params: {} });
    const response = await backend.fetch(new Request("https://any.example/", { method: "POST", body }));
    expect(await response.json()).toEqual({ data: [], has_more: false });
    await expect(backend.fetch("https://any.example/", { method: "POST", body: "{}" })).rejects.toThrow("no request");
  });
});
