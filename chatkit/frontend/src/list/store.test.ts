import { expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import { ApiError } from "../wire/api-error";
import type { Page, Row } from "./remote";
import { isSearch, Store, type Taken } from "./store";

function row(id: string, minutes: number, place: Row["place"] = "list"): Row {
  const updated_at = new Date(Date.UTC(2026, 0, 1, 12, -minutes)).toISOString();
  return { id, title: id, line: "", place, answering: false, updated_at };
}

class Server {
  pages: Page<Row>[] = [];
  hits: Row[] = [];
  acted: unknown[] = [];
  refuse: ApiError | null = null;
  held: Promise<void> | null = null;
  async page() {
    if (this.refuse) throw this.refuse;
    return this.pages.shift() ?? { data: [], after: null };
  }
  first() {
    return this.page();
  }
  async act(action: string, ids: string[]) {
    this.acted.push([action, ids]);
    await this.held;
    if (this.refuse) throw this.refuse;
    return { ids, undo_seconds: 10, left: [] };
  }
  async search() {
    const data = this.hits.map((thread) => ({ thread, item_id: null, title: [{ text: thread.title }], passage: [] }));
    return { data, after: null };
  }
  async rename() {
    await this.held;
    if (this.refuse) throw this.refuse;
  }
}

async function takenBy(doing: ReturnType<Store["act"]>): Promise<Taken> {
  const done = await doing;
  if (!done) throw new Error("It was refused.");
  return done.taken;
}

async function store(...rows: Row[]) {
  const server = new Server();
  server.pages.push({ pinned: rows.filter(({ place }) => place === "pinned"), data: rows, after: null });
  server.pages[0] = { ...server.pages[0], data: rows.filter(({ place }) => place !== "pinned"), after: null };
  const unknown = vi.fn();
  const made = new Store(partOf(server), () => undefined, unknown);
  await made.show();
  return { made, server, unknown, ids: () => made.rows.map(({ id }) => id) };
}

test("what is deleted is gone at once, and back in its place where that is taken back", async () => {
  const { made, ids } = await store(row("p", 9, "pinned"), row("a", 1), row("b", 2), row("c", 3));
  const doing = made.act("delete", ["b", "p"]);
  expect(ids()).toEqual(["a", "c"]);
  const taken = await takenBy(doing);
  expect((await made.restore(taken)).ids).toEqual(["b", "p"]);
  expect(ids()).toEqual(["p", "a", "b", "c"]);
});

test("what is deleted where a search has found it can be taken back, also of another view", async () => {
  const { made, server, ids } = await store(row("a", 1));
  server.hits = [row("a", 1), row("old", 999, "archive"), row("deep", 99)];
  await made.search("words");
  const found = () => made.hits.map(({ thread }) => thread.id);
  const taken = await takenBy(made.act("delete", ["a", "old"]));
  expect(found()).toEqual(["deep"]);
  expect((await made.restore(taken)).ids).toEqual(["a", "old"]);
  expect(server.acted.at(-1)).toEqual(["restore", ["a", "old"]]);
  expect(found()).toEqual(["a", "old", "deep"]);
  expect(ids()).toEqual(["a"]);
  server.refuse = new ApiError("network", "down");
  await made.act("delete", ["old"]);
  expect(found()).toEqual(["a", "old", "deep"]);
});

test("what is found is pinned as its menu says, unless that is refused", async () => {
  const { made, server } = await store();
  server.hits = [row("deep", 99), row("other", 100)];
  await made.search("words");
  await made.act("pin", ["deep"]);
  expect(made.row("deep")?.place).toBe("pinned");
  server.refuse = new ApiError("network", "down");
  await made.act("unpin", ["deep"]);
  expect(made.hits.map(({ thread }) => [thread.id, thread.place])).toEqual([
    ["deep", "pinned"],
    ["other", "list"],
  ]);
});

test("what is found and pinned, archived or taken out of the archive comes among the rows, unless that is refused", async () => {
  const { made, server, ids } = await store(row("p", 9, "pinned"), row("a", 1), row("b", 20));
  const begin = async (...hits: Row[]) => {
    server.hits = hits;
    await made.search("words");
  };
  made.after = "more";
  await begin(row("deep", 99), row("kept", 5, "archive"), row("old", 999, "archive"));
  await made.act("pin", ["deep"]);
  expect(ids()).toEqual(["p", "deep", "a", "b"]);
  expect(made.rows[1]?.place).toBe("pinned");
  await made.act("unarchive", ["kept", "old"]);
  expect(ids()).toEqual(["p", "deep", "a", "kept", "b"]); // the old one comes with its page
  await begin(row("other", 3), row("old", 999, "archive"));
  server.refuse = new ApiError("network", "down");
  await made.act("pin", ["other"]);
  expect(ids()).toEqual(["p", "deep", "a", "kept", "b"]);
  server.refuse = null;
  made.after = null;
  await made.act("unarchive", ["old"]);
  expect(ids()).toEqual(["p", "deep", "a", "kept", "b", "old"]);
  server.pages.push({ data: [row("z", 9, "archive")], after: null });
  await made.show(true);
  await begin(row("other", 3), row("past", 10));
  await made.act("pin", ["other"]);
  expect(ids()).toEqual(["z"]);
  await made.act("archive", ["past"]);
  expect(ids()).toEqual(["z", "past"]);
});

test("a search that was made meanwhile is made again for what is there again", async () => {
  const { made, server } = await store(row("a", 1));
  server.hits = [row("a", 1)];
  await made.search("words");
  const taken = await takenBy(made.act("delete", ["a"]));
  server.hits = [];
  await made.search("other");
  server.hits = [row("a", 1)];
  await made.restore(taken);
  await vi.waitFor(() => expect(made.hits).toHaveLength(1));
});

test("what is found has its new title, and its old one where that is refused", async () => {
  const { made, server } = await store();
  server.hits = [row("deep", 99)];
  await made.search("words");
  await made.rename("deep", "mine");
  expect(made.hits[0]).toMatchObject({ thread: { title: "mine" }, title: [{ text: "mine" }] });
  server.refuse = new ApiError("network", "down");
  await made.rename("deep", "other");
  expect(made.hits[0]).toMatchObject({ thread: { title: "mine" }, title: [{ text: "mine" }] });
});

test("a failure puts back what it is about, and only into its view", async () => {
  const { made, server, ids } = await store(row("a", 1), row("b", 2), row("c", 3));
  let fail = () => {};
  server.held = new Promise((_, reject) => {
    fail = () => reject(new ApiError("network", "down"));
  });
  const failing = [made.act("delete", ["a"]), made.act("pin", ["c"])];
  server.held = null;
  await made.act("delete", ["b"]);
  fail();
  await Promise.all(failing);
  expect(ids()).toEqual(["a", "c"]);
  expect(made.row("c")?.place).toBe("list");

  server.held = new Promise((_, reject) => {
    fail = () => reject(new ApiError("network", "down"));
  });
  const late = made.act("archive", ["a"]);
  server.pages.push({ data: [row("z", 9, "archive")], after: null });
  await made.show(true);
  fail();
  await late;
  expect(ids()).toEqual(["z"]);
});

test("a page that was asked for before a change does not take it back", async () => {
  const { made, server, ids } = await store(row("p", 9, "pinned"), row("a", 1), row("b", 2), row("c", 3));
  const before = () => ({
    pinned: [row("p", 9, "pinned")],
    data: [row("a", 1), row("b", 2), row("c", 3)],
    after: null,
  });
  server.pages.push(before(), before(), { data: [row("a", 1), row("c", 3)], after: null });
  let answer = () => {};
  server.held = new Promise((resolve) => {
    answer = resolve;
  });
  const early = made.refresh();
  const doing = made.act("delete", ["b", "p"]);
  await early;
  expect(ids()).toEqual(["a", "c"]);
  const renaming = made.rename("c", "mine");
  await made.show(); // the server may have read it before it deleted
  answer();
  await Promise.all([doing, renaming]);
  expect(ids()).toEqual(["a", "c"]);
  expect(made.row("c")?.title).toBe("mine");
  await made.refresh();
  expect(made.row("c")?.title).toBe("c"); // what the server says now
});

test("what the server refuses is as it was, and says why", async () => {
  const { made, server, ids } = await store(row("a", 1), row("b", 2));
  server.refuse = new ApiError("network", "down");
  expect(await made.act("archive", ["a"])).toBeNull();
  expect(ids()).toEqual(["a", "b"]);
  expect(made.error?.code).toBe("network");
  expect(await made.rename("a", "other")).toBe(false);
  expect(made.row("a")?.title).toBe("a");
});

test("pins come first, each by its last use", async () => {
  const { made, ids } = await store(row("a", 1), row("b", 2), row("c", 3));
  await made.act("pin", ["c", "b"]);
  expect(ids()).toEqual(["b", "c", "a"]);
  await made.act("unpin", ["b"]);
  expect(ids()).toEqual(["c", "a", "b"]);
});

test("a first page that is read again keeps what is behind it, and loses what is gone", async () => {
  const { made, server, ids } = await store(row("a", 1), row("b", 2), row("c", 3), row("d", 4));
  server.pages.push({ pinned: [], data: [row("e", 0), row("c", 3)], after: "more" });
  await made.refresh();
  expect(ids()).toEqual(["e", "c", "d"]);
});

test("a conversation that goes on stands first", async () => {
  const { made, ids } = await store(row("p", 9, "pinned"), row("a", 1), row("b", 2));
  made.used("b", "b");
  made.used("new", "New one");
  expect(ids()).toEqual(["p", "new", "b", "a"]);
  expect(made.row("new")?.answering).toBe(true);
});

test("a server without such a list is told of", async () => {
  const { server, unknown } = await store();
  server.refuse = new ApiError("not_found", "gone", { status: 404 });
  const other = new Store(partOf(server), () => undefined, unknown);
  await other.show();
  expect(unknown).toHaveBeenCalledOnce();
});

test("one Latin letter is no search", () => {
  expect(["a", " ", "ab", "注"].map(isSearch)).toEqual([false, false, true, true]);
});

test.each([
  ["unarchive", true],
  ["archive", false],
] as const)(
  "what comes into the other view by %s is there, also where that was opened before the server had done it",
  async (action, archived) => {
    const { made, server, ids } = await store();
    const [here, there] = archived ? (["archive", "list"] as const) : (["list", "archive"] as const);
    server.pages.push({ data: [row("a", 1, here)], after: null });
    await made.show(archived);
    let go = () => {};
    server.held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const doing = made.act(action, ["a"]);
    const page = { data: [row("a", 1, there), row("b", 2, there)], after: null };
    server.pages.push(page, page);
    await made.show(!archived);
    go();
    await doing;
    await vi.waitFor(() => expect(ids()).toEqual(["a", "b"]));
  },
);
