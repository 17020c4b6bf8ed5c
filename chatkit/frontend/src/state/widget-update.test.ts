import { describe, expect, test } from "vitest";
import type { WidgetNode } from "../wire/protocol";
import { updateWidget } from "./widget-update";

function tree(): WidgetNode {
  return {
    type: "Card",
    children: [
      { type: "Row", id: "row", children: [{ type: "Text", id: "text", value: "Hel" }] },
      { type: "Box", id: "box", children: { type: "Badge", id: "badge", label: "new" } },
    ],
  };
}

describe("updateWidget", () => {
  test("a whole new widget takes the place of the old", () => {
    const widget: WidgetNode = { type: "Card", id: "other" };
    expect(updateWidget(tree(), { type: "widget.root.updated", widget })).toBe(widget);
  });

  test("a component is replaced; what is beside its path stays the same object", () => {
    const before = tree();
    const component: WidgetNode = { type: "Badge", id: "badge", label: "old" };
    const after = updateWidget(before, { type: "widget.component.updated", component_id: "badge", component });
    const [row, box] = after.children as WidgetNode[];
    expect(box?.children).toBe(component);
    expect(row).toBe((before.children as WidgetNode[])[0]);
    expect(before).toEqual(tree());
  });

  test("text is appended until it is done", () => {
    const update = (root: WidgetNode, delta: string, done: boolean) =>
      updateWidget(root, { type: "widget.streaming_text.value_delta", component_id: "text", delta, done });
    const row = (root: WidgetNode) => (root.children as WidgetNode[])[0]?.children as WidgetNode[];
    const growing = update(tree(), "l", false);
    expect(row(growing)).toEqual([{ type: "Text", id: "text", value: "Hell", streaming: true }]);
    expect(row(update(growing, "o", true))).toEqual([{ type: "Text", id: "text", value: "Hello", streaming: false }]);
  });

  test("a component that is not there changes nothing", () => {
    const before = tree();
    const change = { type: "widget.component.updated", component_id: "gone", component: { type: "Box" } } as const;
    expect(updateWidget(before, change)).toBe(before);
  });
});
