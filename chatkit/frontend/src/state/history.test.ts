import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeHost, json, refusal } from "../testing/fake-host";
import { partOf } from "../testing/part";
import type { WireThread } from "../wire/protocol";
import { History } from "./history";

function wire(id: string, title?: string): WireThread {
  return { id, title, created_at: "2026-01-01T00:00:00Z" };
}

let host: FakeHost;
let history: History;
beforeEach(() => {
  host = new FakeHost();
  history = new History(host);
  host.on("threads.list", ({ params }) =>
    params.after
      ? json({ data: [wire("b", "Ärger mit der Rechnung"), wire("c")], has_more: false })
      : json({ data: [wire("a", "Returns"), wire("b", "Ärger mit der Rechnung")], has_more: true, after: "b" }),
  );
});

function shown(): string[] {
  return history.shown.map(({ id }) => id);
}

test("showing it reads the first page and tells the page, once", async () => {
  await Promise.all([history.show(), history.show()]);
  expect(shown()).toEqual(["a", "b"]);
  expect(host.emitted.map(({ name }) => name)).toEqual(["chatkit.history.open"]);
  history.hide();
  history.hide();
  expect(host.emitted.map(({ name }) => name)).toEqual(["chatkit.history.open", "chatkit.history.close"]);
});

test("more reads the next page, each thread once, to the end", async () => {
  await history.show();
  await history.more();
  await history.more();
  expect(shown()).toEqual(["a", "b", "c"]);
  expect(host.sent("threads.list").map(({ after }) => after)).toEqual([undefined, "b"]);
});

test("a search reads all pages and looks past case and accents", async () => {
  await history.show();
  await history.search("RECHNUNG arg");
  expect(shown()).toEqual(["b"]);
  expect(host.sent("threads.list")).toHaveLength(2);
  await history.search("nothing like it");
  expect(shown()).toEqual([]);
});

test("a search that begins before the first page is there waits for it", async () => {
  void history.show();
  void history.search("w");
  await history.search("without");
  expect(shown()).toEqual([]);
  await history.search(host.strings.untitled);
  expect(shown()).toEqual(["c"]);
  expect(host.sent("threads.list")).toHaveLength(2);
});

test("a search goes on once a page that failed is read again", async () => {
  await history.show();
  host.on("threads.list", () => refusal(500, "broken"));
  await history.search(host.strings.untitled);
  expect(history.error?.code).toBe("broken");
  host.on("threads.list", ({ params }) =>
    json(
      params.after ? { data: [wire("c")], has_more: false } : { data: [wire("a", "A")], has_more: true, after: "a" },
    ),
  );
  await history.reload();
  expect(shown()).toEqual(["c"]);
});

test.each([
  ["Łódź w weekend", "lodz"],
  ["Große Straße", "GROSSE STRASSE"],
  ["ＡＢＣ　１２３", "abc 123"],
  ["abc", "ＡＢＣ"],
  ["Smørrebrød på Ærø", "smorrebrod aero"],
  ["İstanbul, Diyarbakır", "istanbul diyarbakir"],
  ["ﬁnal œuvre", "final oeuvre"],
  ["ΟΔΟΣ", "οδος"],
  ["مُدَرِّسَة", "مدرسه"],
  ["Don’t", "don't"],
])("a search finds %j by %j", async (title, query) => {
  host.on("threads.list", () => json({ data: [{ ...wire("a"), title }], has_more: false }));
  await history.show();
  await history.search(query);
  expect(shown()).toEqual(["a"]);
});

test("a search finds untitled threads by the name they are shown under", async () => {
  await history.show();
  await history.search(host.strings.untitled);
  expect(shown()).toEqual(["c"]);
});

test("a page that fails is told, and can be asked for again", async () => {
  host.on("threads.list", () => refusal(500, "broken"));
  await history.show();
  expect(history).toMatchObject({ loading: false, error: { code: "broken" } });
  expect(host.details("chatkit.error")).toHaveLength(1);
  host.on("threads.list", () => json({ data: [wire("a")], has_more: false }));
  await history.reload();
  expect(history.error).toBeNull();
  expect(shown()).toEqual(["a"]);
});

test("the answer to an older question does not replace that to a newer", async () => {
  const answers: ((response: Response) => void)[] = [];
  host.on("threads.list", () => new Promise((resolve) => answers.push(resolve)));
  const first = history.reload();
  const second = history.reload();
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  answers[1]?.(json({ data: [wire("new")], has_more: false }));
  answers[0]?.(json({ data: [wire("old")], has_more: false }));
  await Promise.all([first, second]);
  expect(shown()).toEqual(["new"]);
});

describe("renaming", () => {
  beforeEach(() => history.show());

  test("shows the trimmed name at once and sends it", async () => {
    host.on("threads.update", () => json({}));
    const done = history.rename("a", "  Lost parcel ");
    expect(history.shown[0]?.title).toBe("Lost parcel");
    expect(await done).toBe(true);
    expect(host.sent("threads.update")).toEqual([{ thread_id: "a", title: "Lost parcel" }]);
  });

  test("takes the old name back when the server refuses", async () => {
    host.on("threads.update", () => refusal(403, "forbidden"));
    expect(await history.rename("a", "Lost parcel")).toBe(false);
    expect(history.shown[0]?.title).toBe("Returns");
    expect(history.error?.code).toBe("forbidden");
  });

  test.each(["", "  ", "Returns"])("to %j asks nothing of the server", async (title) => {
    expect(await history.rename("a", title)).toBe(false);
    expect(host.sent("threads.update")).toEqual([]);
  });
});

describe("removing", () => {
  beforeEach(() => history.show());

  test("takes the thread away at once", async () => {
    host.on("threads.delete", () => json({}));
    const done = history.remove("a");
    expect(shown()).toEqual(["b"]);
    expect(await done).toBe(true);
  });

  test("puts it back when the server refuses", async () => {
    host.on("threads.delete", () => refusal(500, "broken"));
    expect(await history.remove("a")).toBe(false);
    expect(shown()).toEqual(["a", "b"]);
  });

  test("puts back nothing that was deleted meanwhile", async () => {
    let refuse: (response: Response) => void = () => undefined;
    host.on("threads.delete", ({ params }) =>
      params.thread_id === "a" ? new Promise((resolve) => (refuse = resolve)) : json({}),
    );
    const failing = history.remove("a");
    await history.remove("b");
    refuse(refusal(500, "broken"));
    await failing;
    expect(shown()).toEqual(["a"]);
  });
});

describe("the conversation to go on with", () => {
  const LAST = { id: "a", title: "Returns" };
  beforeEach(() => history.leave({ ...LAST, temporary: false }));

  test("is none that another list has deleted, unless it is there again", () => {
    expect(history.last).toEqual(LAST);
    history.told(["a", "b"], true);
    expect(history.last).toBeNull();
    history.told(["a"], false);
    expect(history.last).toEqual(LAST);
  });

  test("has the title that it was given since", () => {
    history.retitled("a", "Refunds");
    expect(history.last).toEqual({ id: "a", title: "Refunds" });
    history.leave({ id: "a", title: "Refunds again", temporary: false });
    expect(history.last?.title).toBe("Refunds again");
  });

  test("is the next one of the list where it was archived", () => {
    const others = ["b", "c"].map((id) => ({ id, title: id.toUpperCase() }));
    history.told(["a"], true, others);
    expect(history.last).toEqual({ id: "b", title: "B" });
    history.told(["b"], true);
    expect(history.last).toEqual({ id: "c", title: "C" });
    history.told(["a"], false);
    expect(history.last).toEqual(LAST);
    history.told(["*"], true);
    history.leave({ id: "d", title: "D", temporary: false });
    history.told(["d"], true);
    expect(history.last).toBeNull();
  });

  test("is none where all were deleted, until another was left for a new one", () => {
    const startScreen = { last: { id: "b", title: "B" } };
    host.options = { ...host.options, ...partOf<object>({ startScreen }) };
    history.told(["*"], true);
    expect(history.last).toBeNull();
    history.leave({ id: "c", title: "C", temporary: false });
    expect(history.last).toEqual({ id: "c", title: "C" });
  });

  test("is none of a server that was left, nor is anything in the list", async () => {
    await history.show();
    const answers: ((response: Response) => void)[] = [];
    host.on("threads.list", () => new Promise((resolve) => answers.push(resolve)));
    const late = history.reload();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    history.reset();
    expect(history).toMatchObject({ open: false, last: null, loading: false, threads: [] });
    answers[0]?.(json({ data: [wire("old")], has_more: false }));
    await late;
    expect(history.threads).toEqual([]);
  });
});
