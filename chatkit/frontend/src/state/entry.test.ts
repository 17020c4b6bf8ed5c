import { describe, expect, test } from "vitest";
import type { AssistantMessageItem, ThreadItem } from "../wire/protocol";
import { Entry } from "./entry";

function message(id: string, ...texts: string[]): AssistantMessageItem {
  return { id, type: "assistant_message", content: texts.map((text) => ({ type: "output_text", text })) };
}

describe("its parts", () => {
  test("are those of the message, finished when the message is", () => {
    const entry = new Entry(message("m", "One", "Two"), "done");
    expect(entry.text).toBe("One\n\nTwo");
    expect(entry.parts.map(({ complete }) => complete)).toEqual([true, true]);
  });

  test("are open while it grows and finished by its end", () => {
    const entry = new Entry(message("m", "On"), "streaming");
    expect(entry.parts[0]?.complete).toBe(false);
    entry.setState("done");
    expect(entry.parts[0]?.complete).toBe(true);
  });

  test("are made up to the one that was asked for", () => {
    const entry = new Entry(message("m"), "streaming");
    const before = entry.version;
    entry.part(2).append("third");
    expect(entry.parts).toHaveLength(3);
    expect(entry.text).toBe("\n\n\n\nthird");
    expect(entry.version).toBeGreaterThan(before);
  });

  test("survive an item that comes with fewer of them, until the message ends", () => {
    const entry = new Entry(message("m"), "streaming");
    entry.part(1).append("more");
    entry.set(message("m", "One"), "streaming");
    expect(entry.parts).toHaveLength(2);
    entry.set(message("m", "One"), "done");
    expect(entry.parts).toHaveLength(1);
  });

  test("stay the same objects when the whole message comes, so that their DOM stays", () => {
    const entry = new Entry(message("m"), "streaming");
    const part = entry.part(0);
    part.append("Hello");
    entry.set(message("m", "Hello"), "done");
    expect(entry.parts).toEqual([part]);
    expect(part.revision).toBe(0);
  });
});

describe("its version", () => {
  test("stays when the same item comes again", () => {
    const entry = new Entry(message("m", "One"), "done");
    const before = entry.version;
    entry.set(message("m", "One"), "done");
    expect(entry.version).toBe(before);
  });

  test("is raised by another state, another item and a touch", () => {
    const entry = new Entry(message("m"), "streaming");
    const versions = [entry.version];
    entry.setState("done");
    versions.push(entry.version);
    entry.set({ ...message("m"), created_at: "2026-01-01T00:00:00Z" }, "done");
    versions.push(entry.version);
    entry.touch();
    versions.push(entry.version);
    expect(new Set(versions).size).toBe(4);
  });

  test("stays while text merely grows", () => {
    const entry = new Entry(message("m", ""), "streaming");
    const before = entry.version;
    entry.part(0).append("text");
    expect(entry.version).toBe(before);
  });
});

test("a local message keeps its key when the server names it", () => {
  const local: ThreadItem = { id: "local-1", type: "user_message", content: [{ type: "input_text", text: "Hi" }] };
  const entry = new Entry(local, "local");
  entry.set({ ...local, id: "msg_1" }, "done");
  expect([entry.id, entry.key, entry.text]).toEqual(["msg_1", "local-1", "Hi"]);
});

test("only what a person may read is visible", () => {
  const visible = (item: ThreadItem) => new Entry(item, "done").visible;
  expect(visible(message("m", "One"))).toBe(true);
  expect(visible({ id: "h", type: "hidden_context_item" })).toBe(false);
  expect(visible({ id: "s", type: "sdk_hidden_context" })).toBe(false);
  expect(visible({ id: "e", type: "end_of_turn" })).toBe(false);
  expect(
    visible({ id: "c", type: "client_tool_call", status: "pending", call_id: "1", name: "x", arguments: {} }),
  ).toBe(false);
});
