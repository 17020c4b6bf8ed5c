/** What a widget's parts share: the item they belong to, and how an action leaves it. */
import type { Entry } from "../state/entry";
import type { Ui } from "../views/ui";
import type { ActionConfig, WidgetNode } from "../wire/protocol";

/** Of a widget: what has more parts, or deeper ones, is shown by its words alone. */
const MAX_PARTS = 5000;
const MAX_DEPTH = 100;

/** What a widget has used of what it may. */
export class Parts {
  #count = 0;
  #depth = 0;

  /** Counts `parts`; throws where there are too many. */
  take(parts = 1): void {
    this.#count += parts;
    if (this.#count > MAX_PARTS) throw new RangeError("The widget has too many parts.");
  }

  /** Draws one part, with those inside it. */
  inside<T>(draw: () => T): T {
    this.take();
    if (++this.#depth > MAX_DEPTH) throw new RangeError("The widget is too deep.");
    const drawn = draw();
    this.#depth--;
    return drawn;
  }
}

/** The words of a Label, and the form that it stands in. */
export interface Label {
  text: string;
  form: string | undefined;
}

/** The Label of a field, by the field's name. */
export type Labels = (name: string) => Label | undefined;

export interface Scope {
  /** How much has been drawn of it this time. */
  parts: Parts;
  ui: Ui;
  entry: Entry;
  labels: Labels;
  /** The form that this stands in: its place, and its action. */
  form?: string;
  submits?: unknown;
  /** Whether what raises these may not be used: an action is under way, or the conversation takes none any more. */
  off(...actions: unknown[]): boolean;
  /** Raises an action; `control` names what shows that it is under way. */
  act(action: unknown, source: HTMLElement, control: string, automatic: "none" | "self" | "container"): void;
  child(node: WidgetNode, key: string, scope: Scope): unknown;
}

/** Whether the server carries out an action, and not the page. */
export function isServers(action: unknown): boolean {
  return !isAction(action) || action.handler !== "client";
}

/** The name of a field in its widget: forms of one widget may have fields of the same name. */
export function ownName({ form }: { form?: string | undefined }, name: string): string {
  return form === undefined ? name : `${form}:${name}`;
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
