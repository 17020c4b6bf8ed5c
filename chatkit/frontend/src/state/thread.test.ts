import { beforeEach, describe, expect, test } from "vitest";
import { partOf } from "../testing/part";
import type {
  AssistantMessageItem,
  ItemUpdate,
  OutputText,
  ThreadItem,
  UserMessageItem,
  WireThread,
} from "../wire/protocol";
import { Thread } from "./thread";

const WIRE: WireThread = { id: "thr_1", created_at: "2026-01-01T00:00:00Z", title: "Returns" };

function question(id: string, text = "How?"): UserMessageItem {
  return { id, type: "user_message", content: [{ type: "input_text", text }] };
}

function answer(id: string, text = ""): AssistantMessageItem {
  return { id, type: "assistant_message", content: text ? [{ type: "output_text", text }] : [] };
}

let thread: Thread;
beforeEach(() => {
  thread = new Thread();
});

function ids(): string[] {
  return thread.entries.map(({ id }) => id);
}

describe("loading", () => {
  test("takes what the thread is and all that is in it", () => {
    const domains = ["img.example"];
    thread.load({ ...WIRE, status: { type: "locked" }, allowed_image_domains: domains }, [question("q")], "cursor");
    expect(thread).toMatchObject({ id: "thr_1", title: "Returns", status: { type: "locked" }, imageDomains: domains });
    expect(thread.earlier).toBe("cursor");
    expect(ids()).toEqual(["q"]);
  });

  test("again keeps the entries that are known, so that their DOM stays", () => {
    thread.load(WIRE, [question("q"), answer("a", "One")], null);
    const [, known] = thread.entries;
    thread.load(WIRE, [answer("a", "One"), question("r")], null);
    expect(thread.entries[0]).toBe(known);
    expect(ids()).toEqual(["a", "r"]);
    expect(thread.entry("q")).toBeUndefined();
  });

  test("an older page goes before, without what is there already", () => {
    thread.load(WIRE, [question("q")], "cursor");
    thread.prepend([question("p"), question("q")], null);
    expect(ids()).toEqual(["p", "q"]);
    expect(thread.earlier).toBeNull();
  });

  test("again keeps older pages that were read, where the newest page still follows them", () => {
    thread.load(WIRE, [question("q"), answer("a", "One")], "q");
    thread.prepend([question("o")], "o");
    thread.load(WIRE, [answer("a", "One"), question("r")], "a");
    expect(ids()).toEqual(["o", "q", "a", "r"]);
    expect(thread.earlier).toBe("o");
    thread.load(WIRE, [answer("b", "Other")], "b");
    expect(ids()).toEqual(["b"]);
    expect(thread.earlier).toBe("b");
  });
});

describe("an answer that streams", () => {
  beforeEach(() => {
    thread.load(WIRE, [question("q")], null);
    thread.apply({ type: "thread.item.added", item: answer("a") });
  });

  function delta(text: string): string {
    const update = { type: "assistant_message.content_part.text_delta", content_index: 0, delta: text } as const;
    return thread.apply({ type: "thread.item.updated", item_id: "a", update });
  }

  test("needs a rendering for its first piece; the message draws the next ones itself", () => {
    expect([delta("Hel"), delta("lo")]).toEqual(["items", "text"]);
    expect(thread.entry("a")).toMatchObject({ state: "streaming", text: "Hello" });
  });

  test("is done with its item, whose text is the last word", () => {
    delta("Helo");
    thread.apply({ type: "thread.item.done", item: answer("a", "Hello") });
    expect(thread.entry("a")).toMatchObject({ state: "done", text: "Hello" });
    expect(thread.streaming).toEqual([]);
  });

  test("is ended by settling, with what it has", () => {
    delta("Hel");
    thread.settle();
    expect(thread.entry("a")).toMatchObject({ state: "done", text: "Hel" });
  });

  test("keeps a source at the place it was given", () => {
    const annotation = { type: "annotation", source: { type: "url", title: "A", url: "/a" }, index: 5 } as const;
    const update = {
      type: "assistant_message.content_part.annotation_added",
      content_index: 0,
      annotation_index: 0,
      annotation,
    } as const;
    expect(thread.apply({ type: "thread.item.updated", item_id: "a", update })).toBe("items");
    expect(thread.entry("a")?.parts[0]?.annotations).toEqual([annotation]);
  });

  test("keeps its sources when a part ends without any", () => {
    const annotation = { type: "annotation", source: { type: "url", title: "A", url: "/a" }, index: 5 } as const;
    delta("Hello");
    const update = (update: ItemUpdate) => thread.apply({ type: "thread.item.updated", item_id: "a", update });
    const where = { content_index: 0, annotation_index: 0 };
    update({ type: "assistant_message.content_part.annotation_added", ...where, annotation });
    const content: OutputText = { type: "output_text", text: "Hello", annotations: [] };
    update({ type: "assistant_message.content_part.done", content_index: 0, content });
    expect(thread.entry("a")?.parts[0]?.annotations).toEqual([annotation]);
  });

  test("grows in parts that nobody announced, whatever their order", () => {
    const update = { type: "assistant_message.content_part.text_delta", content_index: 1, delta: "Second" } as const;
    thread.apply({ type: "thread.item.updated", item_id: "a", update });
    delta("First");
    expect(thread.entry("a")?.parts.map(({ text }) => text)).toEqual(["First", "Second"]);
  });

  test("may be removed again", () => {
    expect(thread.apply({ type: "thread.item.removed", item_id: "a" })).toBe("items");
    expect(thread.apply({ type: "thread.item.removed", item_id: "a" })).toBe("none");
    expect(ids()).toEqual(["q"]);
  });

  test("is told apart from one that nobody announced", () => {
    const update = { type: "assistant_message.content_part.text_delta", content_index: 0, delta: "x" } as const;
    expect(thread.apply({ type: "thread.item.updated", item_id: "gone", update })).toBe("none");
  });
});

describe("a replayed run", () => {
  test("does not begin again what was read as finished, but goes on with what is new", () => {
    thread.load(WIRE, [question("q"), answer("a", "Whole")], null);
    const update = { type: "assistant_message.content_part.text_delta", content_index: 0, delta: "Wh" } as const;
    expect(thread.apply({ type: "thread.item.added", item: answer("a") }, true)).toBe("none");
    expect(thread.apply({ type: "thread.item.updated", item_id: "a", update }, true)).toBe("none");
    expect(thread.entry("a")).toMatchObject({ state: "done", text: "Whole" });
    expect(thread.apply({ type: "thread.item.added", item: answer("b") }, true)).toBe("items");
    thread.apply({ type: "thread.item.updated", item_id: "b", update }, true);
    expect(thread.entry("b")).toMatchObject({ state: "streaming", text: "Wh" });
  });
});

describe("a local message", () => {
  test("becomes the server's when that confirms it", () => {
    const local = thread.addLocal(question("local-1", "Hi"));
    thread.apply({ type: "thread.item.done", item: question("msg_1", "Hi") });
    expect(thread.entries).toEqual([local]);
    expect(thread.entry("msg_1")).toBe(local);
    expect(thread.entry("local-1")).toBeUndefined();
    expect(local.state).toBe("done");
  });

  test("is not what an answer refers to", () => {
    thread.load(WIRE, [question("q")], null);
    const local = thread.addLocal(question("local-1"));
    expect(thread.questionOf(local)?.id).toBe("q");
  });
});

test("a retry drops everything after its question", () => {
  thread.load(WIRE, [question("q"), answer("a", "One"), answer("b", "Two")], null);
  const asked = thread.entry("b") && thread.questionOf(thread.entry("b") as NonNullable<typeof thread.last>);
  expect(asked?.id).toBe("q");
  if (asked) thread.removeAfter(asked);
  expect(ids()).toEqual(["q"]);
  expect(thread.entry("a")).toBeUndefined();
});

describe("other items", () => {
  test("a workflow takes tasks at their number, without changing what it was", () => {
    const workflow = { type: "custom" as const, tasks: [{ type: "custom" as const, title: "one" }] };
    const item: ThreadItem = { id: "w", type: "workflow", workflow };
    thread.apply({ type: "thread.item.added", item });
    const task = { type: "thought" as const, content: "two" };
    thread.apply({
      type: "thread.item.updated",
      item_id: "w",
      update: { type: "workflow.task.added", task_index: 7, task },
    });
    const shown = thread.entry("w")?.item;
    expect(shown?.type === "workflow" && shown.workflow.tasks).toEqual([workflow.tasks[0], task]);
    expect(workflow.tasks).toHaveLength(1);
  });

  test("an image shows how far it is", () => {
    thread.apply({ type: "thread.item.added", item: { id: "i", type: "generated_image" } });
    const image = { id: "img", url: "/x.png" };
    const update = { type: "generated_image.updated", image, progress: 0.5 } as const;
    thread.apply({ type: "thread.item.updated", item_id: "i", update });
    expect(thread.entry("i")).toMatchObject({ imageProgress: 0.5, item: { image } });
  });

  test("an update for another kind of item changes nothing", () => {
    thread.apply({ type: "thread.item.done", item: question("q") });
    const update = { type: "widget.root.updated", widget: { type: "Card" } } as const;
    expect(thread.apply({ type: "thread.item.updated", item_id: "q", update })).toBe("none");
  });
});

describe("what is of another shape than the protocol's", () => {
  const BROKEN: unknown[] = [null, "text", 7, [null, 7, {}], { length: 3 }];

  test.each(BROKEN)("leaves the other items: content %j", (content) => {
    const broken = (type: string) => partOf<ThreadItem>({ id: type, type, content });
    thread.load(WIRE, [question("q"), broken("assistant_message"), broken("user_message"), answer("a", "Yes")], null);
    expect(ids()).toEqual(["q", "assistant_message", "user_message", "a"]);
    expect(thread.entries.map(({ text }) => typeof text)).toEqual(["string", "string", "string", "string"]);
    expect(thread.entry("a")?.text).toBe("Yes");
  });

  test.each(BROKEN)("does not end an answer: event with %j", (value) => {
    const types = ["thread.created", "thread.item.added", "thread.item.done", "thread.item.updated"];
    thread.apply({ type: "thread.item.added", item: answer("a") });
    for (const type of types) thread.apply({ type, thread: value, item: value, item_id: "a", update: value } as never);
    thread.apply({ type: "thread.item.done", item: answer("a", "Yes") });
    expect(thread.entry("a")?.text).toBe("Yes");
  });
});
