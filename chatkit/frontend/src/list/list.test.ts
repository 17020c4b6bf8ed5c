// @vitest-environment happy-dom
import type { ReactiveController } from "lit";
import { beforeEach, expect, test, vi } from "vitest";
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
    history: { open: false, hide: () => undefined, told },
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
});

test("a deletion is told to who offers the last conversation, and so is its way back", async () => {
  host.on("POST /threads", () => json({ ids: ["t1"], undo_seconds: 5 }));
  await list.delete(["t1"]);
  expect(told).toHaveBeenLastCalledWith(["t1"], true);
  await list.undo();
  expect(told).toHaveBeenLastCalledWith(["t1"], false);
});

test("what another tab has deleted, or brought back, is told too", () => {
  const hear = (data: unknown) => {
    for (const channel of channels) channel.dispatchEvent(new MessageEvent("message", { data }));
  };
  hear({ kind: "gone", ids: ["t9"] });
  expect(told).toHaveBeenLastCalledWith(["t9"], true);
  hear({ kind: "changed", back: ["t9"] });
  expect(told).toHaveBeenLastCalledWith(["t9"], false);
  told.mockClear();
  hear({ kind: "changed" });
  expect(told).not.toHaveBeenCalled();
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
  expect(told.mock.calls.slice(-2)).toEqual([
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
