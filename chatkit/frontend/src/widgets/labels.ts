/** Which fields of a widget have a Label, and the ids by which the two find each other. */
import type { WidgetNode } from "../wire/protocol";
import { children, type Label, type Labels, ownName, type Scope, string } from "./scope";

/** Finds the Labels that stand in a form, or in what is outside of all, and then those around it. */
export function labelsIn(root: WidgetNode, form?: string, around: Labels = () => undefined): Labels {
  const found = new Map<string, Label>();
  const rest = [root]; // by hand: a tree that is too deep to be drawn is no error here
  for (let node = rest.pop(); node; node = rest.pop()) {
    const [name, text] = [string(node.fieldName), string(node.value)];
    if (node.type === "Label" && name && text?.trim()) found.set(name, { text, form });
    for (const child of children(node)) if (!isForm(child)) rest.push(child);
  }
  return (name) => found.get(name) ?? around(name);
}

function isForm({ type, asForm }: WidgetNode): boolean {
  return type === "Form" || (type === "Card" && asForm === true);
}

/** What a Label of the same name points at. One that stands outside of the form of its field knows nothing of that. */
export function fieldId(scope: Scope, name: string): string {
  return `f-${scope.entry.key}-${ownName(scope.labels(name) ?? scope, name)}`;
}

/** Without spaces: `aria-labelledby` would take them for the ends of ids. */
export function labelId(scope: Scope, name: string): string {
  return `l-${scope.entry.key}-${ownName(scope.labels(name) ?? scope, name)}`.replace(/\s/g, "%");
}
