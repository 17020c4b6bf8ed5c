import { expect, test } from "vitest";
import type { ThreadItem } from "../wire/protocol";
import { Entry } from "./entry";
import { turns, turnText } from "./turns";

function entry(item: ThreadItem): Entry {
  return new Entry(item, "done");
}

function asked(id: string): Entry {
  return entry({ id, type: "user_message", content: [{ type: "input_text", text: "?" }] });
}

function said(id: string, text: string): Entry {
  return entry({ id, type: "assistant_message", content: [{ type: "output_text", text }] });
}

test("each turn's last words carry its buttons, and only the last turn may be retried", () => {
  const entries = [asked("q"), said("a", "One"), said("b", "Two"), asked("r"), said("c", "Three")];
  const found = turns(entries);
  expect([...found.keys()].map(({ id }) => id)).toEqual(["b", "c"]);
  expect([...found.values()].map(({ last }) => last)).toEqual([false, true]);
});

test("what has no words ends no turn and carries no buttons", () => {
  const widget = entry({ id: "w", type: "widget", widget: { type: "Card" } });
  const hidden = entry({ id: "h", type: "hidden_context_item" });
  expect([...turns([asked("q"), said("a", "One"), widget, hidden]).keys()].map(({ id }) => id)).toEqual(["a"]);
});

test("a turn is copied as a whole, with the text that a widget offers", () => {
  const widget = entry({ id: "w", type: "widget", widget: { type: "Card" }, copy_text: "A table" });
  const [turn] = turns([asked("q"), said("a", "One"), said("b", ""), widget]).values();
  expect(turn && turnText(turn)).toBe("One\n\nA table");
});
