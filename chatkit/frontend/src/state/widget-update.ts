/** The three updates a streamed widget can get, as pure functions over its tree. */
import type { ItemUpdate, WidgetNode } from "../wire/protocol";

type WidgetUpdate = Extract<
  ItemUpdate,
  { type: "widget.streaming_text.value_delta" | "widget.root.updated" | "widget.component.updated" }
>;

export function updateWidget(root: WidgetNode, change: WidgetUpdate): WidgetNode {
  switch (change.type) {
    case "widget.root.updated":
      return change.widget;
    case "widget.component.updated":
      return replace(root, change.component_id, () => change.component);
    case "widget.streaming_text.value_delta":
      return replace(root, change.component_id, (node) => ({
        ...node,
        value: `${node.value ?? ""}${change.delta}`,
        streaming: !change.done,
      }));
  }
}

/** Copies the path to the node with this id, and nothing else. */
function replace(node: WidgetNode, id: string, change: (node: WidgetNode) => WidgetNode): WidgetNode {
  if (node.id === id) return change(node);
  if (!node.children) return node;
  if (!Array.isArray(node.children)) {
    const child = replace(node.children, id, change);
    return child === node.children ? node : { ...node, children: child };
  }
  let changed = false;
  const children = node.children.map((child) => {
    const next = replace(child, id, change);
    changed ||= next !== child;
    return next;
  });
  return changed ? { ...node, children } : node;
}
