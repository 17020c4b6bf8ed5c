// @vitest-environment happy-dom
import type { ReactiveController } from "lit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { begun } from "../testing/asked";
import { type FakeHost, json, refusal } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { ConversationList } from "./list";

const ROW = {
  id: "t1",
  title: "Returns",
  line: "",
  place: "list",
  answering: false,
  updated_at: "2026-01-01T00:00:00Z",
};

/** Those that are open. */
const channels = new Set<Channel>();

class Channel extends EventTarget {
  constructor() {
    super();
    channels.add(this);
  }
  postMessage(_news: unknown): void {}
  close(): void {
    channels.delete(this);
  }
}

let host: FakeHost;
let list: ConversationList;
let controller: ReactiveController;
let removed = 0;
const told = vi.fn();
const retitled = vi.fn();
let conversation: ReturnType<typeof begun>["conversation"];

beforeEach(async () => {
  vi.stubGlobal("BroadcastChannel", Channel);
  channels.clear();
  ({ host, conversation } = begun());
  host.on("GET /threads", () => json({ pinned: [], data: [ROW], after: null }));
  const ui = document.createElement("div");
  Object.defineProperty(ui, "clientWidth", { value: 1000 });
  const own = {
    client: host.client,
    conversation,
    history: { open: false, hide: () => undefined, told, retitled },
    options: host.options,
    strings: host.strings,
    locale: { locale: "en" },
    online: true,
    panels: { draw: () => null },
    renderRoot: ui.attachShadow({ mode: "open" }),
    announce: (text: string) => host.announce(text),
    changed: () => controller.hostUpdated?.(),
    removeController: () => {
      removed++;
    },
    addController: (added: ReactiveController) => {
      controller = added;
      added.hostConnected?.();
    },
  };
  list = new ConversationList(partOf(Object.assign(ui, own)), () => undefined);
  await vi.waitFor(() => expect(list.store.loaded).toBe(true));
});

test("a list that is out of the page hears of no other tab, and one that comes back does", () => {
  expect(channels.size).toBe(1);
  const [first] = channels;
  controller.hostDisconnected?.();
  expect(channels.size).toBe(0);
  const dropped = vi.spyOn(list.store, "drop");
  const news = new MessageEvent("message", { data: { kind: "gone", ids: ["t1"] } });
  first?.dispatchEvent(news);
  expect(dropped).not.toHaveBeenCalled();
  controller.hostConnected?.();
  expect(channels.size).toBe(1);
  for (const channel of channels) channel.dispatchEvent(news);
  expect(dropped).toHaveBeenCalledOnce();
  controller.hostDisconnected?.();
});

test("a new title that the server refuses is gone from above the conversation too", async () => {
  conversation.thread.id = "t1";
  conversation.thread.title = "Returns";
  host.on("threads.update", () => refusal(403, "forbidden"));
  list.renaming = "t1";
  const renamed = list.rename("t1", " Refunds ");
  expect(conversation.thread.title).toBe("Refunds");
  await renamed;
  expect(conversation.thread.title).toBe("Returns");
  expect(list.element.textContent).toContain("Returns");
  expect(retitled).not.toHaveBeenCalled();
});

test("a new title is told to who offers the last conversation", async () => {
  host.on("threads.update", () => json({}));
  list.renaming = "t1";
  await list.rename("t1", " Refunds ");
  expect(retitled).toHaveBeenLastCalledWith("t1", "Refunds");
});

test("a deletion is told to who offers the last conversation, and so is its way back", async () => {
  host.on("POST /threads", () => json({ ids: ["t1"], undo_seconds: 5 }));
  await list.delete(["t1"]);
  expect(told).toHaveBeenLastCalledWith(["t1"], true, []);
  await list.undo();
  expect(told).toHaveBeenLastCalledWith(["t1"], false, [ROW]);
});

describe("deletions one after the other", () => {
  const SECOND = { ...ROW, id: "t2", title: "Parcels" };
  const forgotten = vi.fn();
  let refused = false;
  const undo = () => list.element.querySelector<HTMLElement>("[data-undo]");

  beforeEach(async () => {
    refused = false;
    forgotten.mockReset();
    vi.spyOn(conversation, "forget").mockImplementation(forgotten);
    host.on("GET /threads", () => json({ pinned: [], data: [ROW, SECOND], after: null }));
    await list.store.refresh();
    vi.useFakeTimers();
    host.on("POST /threads", ({ params }) => {
      const { ids } = JSON.parse(String(params.body));
      return refused ? refusal(502, "away") : json({ ids, undo_seconds: 10 });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const order = () => list.store.rows.map(({ id }) => id);

  test("have a way back each, and are forgotten each at its own time", async () => {
    await list.delete(["t1"]);
    await vi.advanceTimersByTimeAsync(6000);
    await list.delete(["t2"]);
    await list.undo();
    expect(order()).toEqual(["t2"]);
    expect(undo()).not.toBeNull(); // that of the first one
    await vi.advanceTimersByTimeAsync(4000);
    expect(forgotten.mock.calls).toEqual([["t1"]]);
    expect(undo()).toBeNull();
  });

  test("keep the way back of the first where the second is refused", async () => {
    await list.delete(["t1"]);
    refused = true;
    await list.delete(["t2"]);
    expect(order()).toEqual(["t2"]);
    refused = false;
    undo()?.click();
    await vi.advanceTimersByTimeAsync(0);
    expect(order().sort()).toEqual(["t1", "t2"]);
  });

  test("can be taken back still where the first try did not reach the server", async () => {
    await list.delete(["t1"]);
    refused = true;
    const tried = list.undo();
    void list.undo(); // a second press meanwhile is none
    await tried;
    expect(undo()).not.toBeNull();
    refused = false;
    await list.undo();
    expect(order().sort()).toEqual(["t1", "t2"]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(forgotten).not.toHaveBeenCalled();
  });

  test("of more than one request may name leave those where they are that the server did not come to", async () => {
    const many = Array.from({ length: 150 }, (_, index) => ({ ...ROW, id: `m${index}` }));
    const sorted = (ids: string[]) => [...ids].sort();
    const all = sorted(many.map(({ id }) => id));
    const [first, rest] = [sorted(many.slice(0, 100).map(({ id }) => id)), sorted(many.slice(100).map(({ id }) => id))];
    host.on("GET /threads", () => json({ pinned: [], data: many, after: null }));
    await list.store.refresh();
    let works = 1;
    host.on("POST /threads", ({ params }) => {
      const { ids } = JSON.parse(String(params.body));
      return works-- > 0 ? json({ ids, undo_seconds: 10 }) : refusal(502, "away");
    });
    await list.delete(many.map(({ id }) => id));
    expect(sorted(order())).toEqual(rest);
    expect(told.mock.lastCall?.[0].toSorted()).toEqual(first);
    expect(list.element.textContent).toContain("100 conversations deleted");
    expect(list.element.querySelector(".danger")).not.toBeNull();
    works = 1;
    await list.undo();
    expect(sorted(order())).toEqual(all);
    expect(undo()).toBeNull();
  });

  test("of which some could not be taken back keep the way back of those", async () => {
    const many = Array.from({ length: 150 }, (_, index) => ({ ...ROW, id: `m${index}` }));
    host.on("GET /threads", () => json({ pinned: [], data: many, after: null }));
    await list.store.refresh();
    await list.delete(many.map(({ id }) => id));
    let works = 1;
    host.on("POST /threads", ({ params }) => {
      const { ids } = JSON.parse(String(params.body));
      return works-- > 0 ? json({ ids }) : refusal(502, "away");
    });
    await list.undo();
    expect(order()).toHaveLength(100);
    expect(list.element.textContent).toContain("50 conversations deleted");
    works = 1;
    await list.undo();
    expect(order()).toHaveLength(150);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(forgotten).not.toHaveBeenCalled();
  });

  test("that nobody could take back are forgotten in the end", async () => {
    await list.delete(["t1"]);
    refused = true;
    await list.undo();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(forgotten.mock.calls).toEqual([["t1"]]);
    expect(undo()).toBeNull();
  });
});

describe("a title", () => {
  const field = () => list.element.querySelector<HTMLInputElement>("[data-editing]");

  test("that is being written stays as it is where another comes", async () => {
    host.on("threads.update", () => json({}));
    list.edit("t1");
    const input = field();
    if (input) input.value = "Mine";
    const row = list.store.row("t1");
    if (row) row.title = "Made from the question";
    list.update();
    expect(field()).toBe(input);
    expect(input?.value).toBe("Mine");
    input?.dispatchEvent(new Event("blur"));
    await vi.waitFor(() => expect(host.sent("threads.update")).toEqual([{ thread_id: "t1", title: "Mine" }]));
  });

  test("that nobody changed is not sent, whatever came meanwhile", async () => {
    conversation.thread.id = "t1";
    conversation.thread.title = "Made from the question";
    list.edit("t1");
    expect(field()?.value).toBe("Made from the question");
    conversation.thread.title = "Another";
    list.update();
    field()?.dispatchEvent(new Event("blur"));
    expect(field()).toBeNull();
    await new Promise((later) => setTimeout(later));
    expect(host.sent("threads.update")).toEqual([]);
  });

  test("is written where a search has found it, and no more once the search is over", async () => {
    const found = { thread: { ...ROW, id: "t7" }, item_id: null, title: [{ text: "Returns" }], passage: [] };
    host.on("GET /threads/search?q=returns", () => json({ data: [found], after: null }));
    await list.find("returns");
    list.edit("t7");
    expect(field()).not.toBeNull();
    list.edit(null);
    list.edit("t7");
    await list.find("");
    expect(list.renaming).toBeNull();
  });
});

test("a search ends the choosing of several, so that what is done with a hit is done with that alone", async () => {
  const found = { thread: { ...ROW, id: "t7" }, item_id: null, title: [{ text: "Returns" }], passage: [] };
  host.on("GET /threads/search?q=returns", () => json({ data: [found], after: null }));
  host.on("POST /threads", ({ params }) => json({ ids: JSON.parse(String(params.body)).ids }));
  const deleting = vi.spyOn(list.store, "act");
  list.choose("t1");
  const field = list.element.querySelector<HTMLInputElement>("[data-search]") as HTMLInputElement;
  field.value = "returns";
  field.dispatchEvent(new InputEvent("input"));
  expect(list.element.querySelector("[role=toolbar]")).toBeNull();
  await vi.waitFor(() => expect(list.ids).toEqual(["t7"]));
  const hit = list.element.querySelector("[data-thread=t7] .open");
  hit?.dispatchEvent(new KeyboardEvent("keydown", { key: "Delete", bubbles: true, composed: true }));
  expect(deleting.mock.calls).toEqual([["delete", ["t7"]]]);
});

test("what another tab has deleted is chosen no more", () => {
  const bar = () => list.element.querySelector("[role=toolbar]")?.getAttribute("aria-label");
  list.choose("t1");
  expect(bar()).toBe(list.words.selected(1));
  const news = new MessageEvent("message", { data: { kind: "gone", ids: ["t1"] } });
  for (const channel of channels) channel.dispatchEvent(news);
  expect(bar()).toBe(list.words.selected(0));
});

test("what another tab has deleted, or brought back, is told too", () => {
  const hear = (data: unknown) => {
    for (const channel of channels) channel.dispatchEvent(new MessageEvent("message", { data }));
  };
  hear({ kind: "gone", ids: ["t9"] });
  expect(told).toHaveBeenLastCalledWith(["t9"], true, [ROW]);
  hear({ kind: "changed", back: ["t9"] });
  expect(told).toHaveBeenLastCalledWith(["t9"], false);
  told.mockClear();
  hear({ kind: "changed" });
  expect(told).not.toHaveBeenCalled();
});

test("a title that another tab has given stands above the conversation, and is told to who offers the last one", async () => {
  host.on("threads.update", () => json({}));
  const sent = vi.spyOn(Channel.prototype, "postMessage");
  list.renaming = "t1";
  await list.rename("t1", " Refunds ");
  const [data] = sent.mock.lastCall ?? [];
  conversation.thread.id = "t1";
  conversation.thread.title = "Returns";
  retitled.mockClear();
  for (const channel of channels) channel.dispatchEvent(new MessageEvent("message", { data }));
  expect(conversation.thread.title).toBe("Refunds");
  expect(retitled).toHaveBeenLastCalledWith("t1", "Refunds");
  conversation.thread.id = "t2";
  conversation.thread.title = "Parcels";
  for (const channel of channels) channel.dispatchEvent(new MessageEvent("message", { data }));
  expect(conversation.thread.title).toBe("Parcels");
});

test.each([
  ["deleted", () => list.delete(["t1"]).then(() => list.undo())],
  ["archived", () => list.place("archive", ["t1"]).then(() => list.place("unarchive", ["t1"]))],
])("other tabs hear that a conversation was %s and is there again", async (_, both) => {
  host.on("POST /threads", () => json({ ids: ["t1"], undo_seconds: 5 }));
  const sent = vi.spyOn(Channel.prototype, "postMessage");
  await both();
  expect(sent.mock.calls.at(0)).toEqual([{ kind: "gone", ids: ["t1"] }]);
  expect(sent.mock.calls.at(-1)).toEqual([{ kind: "changed", back: ["t1"] }]);
  expect(told.mock.calls.slice(-2).map(([ids, gone]) => [ids, gone])).toEqual([
    [["t1"], true],
    [["t1"], false],
  ]);
});

test("a list of a server that was left hears of nothing any more", () => {
  expect(channels.size).toBe(1);
  list.leave();
  expect(channels.size).toBe(0);
  expect(removed).toBe(1);
});
