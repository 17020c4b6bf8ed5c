/** What somebody filled in, opened and decided in a widget, kept in this tab, so that a reload loses none of it. */
import { tab } from "../kept";
import type { Entry } from "../state/entry";
import type { Ui } from "../views/ui";

interface Remembered {
  values: Record<string, string | boolean>;
  /** List views that were opened whole, by their place. */
  open: string[];
  confirmed: boolean;
}

/** Longer texts outlive no reload: there is little room, and a message being written needs it more. */
const MAX_LENGTH = 10_000;

const known = new WeakMap<Entry, Remembered>();

function remembered(ui: Ui, entry: Entry): Remembered {
  let found = known.get(entry);
  if (!found) {
    const kept = tab.read<Partial<Remembered>>(nameOf(ui, entry));
    const values = typeof kept?.values === "object" && kept.values ? kept.values : {};
    found = {
      values: Object.assign(Object.create(null), values),
      open: Array.isArray(kept?.open) ? kept.open : [],
      confirmed: kept?.confirmed === true,
    };
    known.set(entry, found);
  }
  return found;
}

function nameOf(ui: Ui, entry: Entry): string {
  return `widget:${ui.scope}:${ui.conversation.threadId ?? ""}:${entry.id}`;
}

/** Of a temporary conversation nothing stays in the browser. */
function keep(ui: Ui, entry: Entry): void {
  if (ui.conversation.thread.temporary) return;
  const { values, ...rest } = remembered(ui, entry);
  const kept = Object.entries(values).filter(([, value]) => String(value).length <= MAX_LENGTH);
  tab.write(nameOf(ui, entry), { ...rest, values: Object.fromEntries(kept) });
}

/** What a control of this name held last. */
export function heldText(ui: Ui, entry: Entry, name: string): string | undefined {
  const value = remembered(ui, entry).values[name];
  return typeof value === "string" ? value : undefined;
}

export function heldCheck(ui: Ui, entry: Entry, name: string): boolean | undefined {
  const value = remembered(ui, entry).values[name];
  return typeof value === "boolean" ? value : undefined;
}

/** Passwords are kept nowhere. Two forms of a widget may have fields of one name: `data-held` tells them apart. */
export function hold(ui: Ui, entry: Entry, event: Event): void {
  const control = event.target as HTMLInputElement;
  const name = control.dataset?.held ?? control.dataset?.name;
  if (!name || control.type === "password") return;
  remembered(ui, entry).values[name] = control.type === "checkbox" ? control.checked : control.value;
  keep(ui, entry);
}

export function isOpen(ui: Ui, entry: Entry, key: string): boolean {
  return remembered(ui, entry).open.includes(key);
}

export function open(ui: Ui, entry: Entry, key: string): void {
  remembered(ui, entry).open.push(key);
  keep(ui, entry);
}

/** Whether a card's main action was done. */
export function isConfirmed(ui: Ui, entry: Entry): boolean {
  return entry.confirmed || remembered(ui, entry).confirmed;
}

export function confirm(ui: Ui, entry: Entry): void {
  entry.confirmed = true;
  remembered(ui, entry).confirmed = true;
  keep(ui, entry);
}
