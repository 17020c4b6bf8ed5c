/** The card that asks before a tool changes something waits for a while, which the server says. */
import type { Entry } from "../state/entry";
import type { WidgetNode } from "../wire/protocol";
import { isAction, type Scope } from "./scope";

const ASKS = "chatkit.tool.confirm";
/** Timers take no longer times. */
const LONGEST = 2 ** 31 - 1;
const timers = new WeakMap<Entry, ReturnType<typeof setTimeout>>();

/** Whether the time of a card's question is over; while it is not, the card is drawn again at its end. */
export function expired(root: WidgetNode, { entry, ui }: Scope): boolean {
  const { action } = (root.confirm ?? {}) as { action?: unknown };
  const ends = isAction(action) && action.type === ASKS ? Number(action.payload?.expires_at) * 1000 : Number.NaN;
  clearTimeout(timers.get(entry));
  if (Number.isNaN(ends)) return false;
  const left = ends - Date.now();
  if (left <= 0) return true;
  const over = () => {
    entry.touch();
    ui.changed();
  };
  timers.set(entry, setTimeout(over, Math.min(left, LONGEST)));
  return false;
}
