import { describe, expect, test } from "vitest";
import { placed } from "../state/tags";
import { whole } from "./writing";

// "Ask Ada or Bo"
const { text, tags } = placed([
  { type: "input_text", text: "Ask " },
  { type: "input_tag", id: "1", text: "Ada", data: {} },
  { type: "input_text", text: " or " },
  { type: "input_tag", id: "2", text: "Bo", data: {} },
]);

/** The text after an edit that began with the selection `[…]`, null where the browser does it by itself. */
function edited(selection: string, type: string, data: string | null = null): string | null {
  const from = selection.indexOf("[");
  const to = selection.indexOf("]") - 1;
  const instead = whole(tags, type, data, from, to);
  return instead && text.slice(0, instead.from) + instead.text + text.slice(instead.to);
}

describe("a tag", () => {
  test.each([
    ["Ask Ada[] or Bo", "deleteContentBackward", null, "Ask  or Bo"],
    ["Ask A[]da or Bo", "deleteContentBackward", null, "Ask  or Bo"],
    ["Ask []Ada or Bo", "deleteContentForward", null, "Ask  or Bo"],
    ["Ask Ada or Bo[]", "deleteWordBackward", null, "Ask Ada or "],
    ["Ask A[da or B]o", "deleteContentBackward", null, "Ask "],
    ["As[k A]da or Bo", "insertText", "x", "Asx or Bo"],
    ["Ask A[]da or Bo", "insertText", "!", "Ask Ada! or Bo"],
    ["Ask A[]da or Bo", "insertLineBreak", null, "Ask Ada\n or Bo"],
  ])("goes and stays whole: %j, %s", (selection, type, data, after) => {
    expect(edited(selection, type, data)).toBe(after);
  });

  test.each([
    ["Ask Ada []or Bo", "deleteContentBackward"],
    ["Ask []Ada or Bo", "deleteContentBackward"],
    ["Ask Ada[] or Bo", "deleteContentForward"],
    ["Ask [Ada] or Bo", "deleteContentBackward"],
    ["Ask []Ada or Bo", "insertText"],
    ["Ask Ada[] or Bo", "insertText"],
    ["Ask A[]da or Bo", "historyUndo"],
  ])("is not concerned by %j, %s", (selection, type) => expect(edited(selection, type, "x")).toBeNull());
});
