/** Which fields of a widget have a Label, and the ids by which the two find each other. */
import type { WidgetNode } from "../wire/protocol";
import { children, ownName, type Scope, string } from "./scope";

/** The words of the Labels in a tree, by the names of their fields. */
export function labelsIn(root: WidgetNode): Map<string, string> {
  const found = new Map<string, string>();
  const rest = [root]; // by hand: a tree that is too deep to be drawn is no error here
  for (let node = rest.pop(); node; node = rest.pop()) {
    const [name, text] = [string(node.fieldName), string(node.value)];
    if (node.type === "Label" && name && text?.trim()) found.set(name, text);
    for (const child of children(node)) rest.push(child);
  }
  return found;
}

/** What a Label of the same name points at. */
export function fieldId(scope: Scope, name: string): string {
  return `f-${scope.entry.key}-${ownName(scope, name)}`;
}

/** Without spaces: `aria-labelledby` would take them for the ends of ids. */
export function labelId(scope: Scope, name: string): string {
  return `l-${scope.entry.key}-${ownName(scope, name)}`.replace(/\s/g, "%");
}
