/** What a widget's parts share: the item they belong to, and how an action leaves it. */
import type { Entry } from "../state/entry";
import type { Ui } from "../views/ui";
import type { ActionConfig, WidgetNode } from "../wire/protocol";

export interface Scope {
  ui: Ui;
  entry: Entry;
  /** Nothing inside may be used while an action of the widget is under way. */
  inert: boolean;
  /** Raises an action; `control` names what shows that it is under way. */
  act(action: unknown, source: HTMLElement, control: string, automatic: "none" | "self" | "container"): void;
  child(node: WidgetNode, key: string): unknown;
}

export function children(node: WidgetNode): WidgetNode[] {
  const given = node.children;
  const all = Array.isArray(given) ? given : given ? [given] : [];
  return all.filter((child) => child !== null && typeof child === "object" && typeof child.type === "string");
}

export function isAction(value: unknown): value is ActionConfig {
  return typeof value === "object" && value !== null && typeof (value as ActionConfig).type === "string";
}

export function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}
