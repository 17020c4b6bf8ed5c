/** Which item of each answer carries the buttons: one row a turn, under its last words. */
import type { Entry } from "./entry";

/** The items of one answer with words, in order. The last of them carries the buttons. */
export interface Turn {
  readonly entries: readonly Entry[];
  /** Nothing has been asked or shown after it, so that it may be retried. */
  readonly last: boolean;
}

/** The turns by the entry that carries their buttons. */
export function turns(entries: readonly Entry[]): Map<Entry, Turn> {
  const found = new Map<Entry, Turn>();
  let turn: Entry[] = [];
  const close = (last: boolean) => {
    const bearer = turn.at(-1);
    if (bearer) found.set(bearer, { entries: turn, last });
    turn = [];
  };
  for (const entry of entries) {
    if (!entry.visible) continue;
    if (entry.item.type === "user_message") close(false);
    else if (hasWords(entry)) turn.push(entry);
  }
  close(true);
  return found;
}

/** What the copy button takes: the words of the whole turn. */
export function turnText(turn: Turn): string {
  return turn.entries.map(words).filter(Boolean).join("\n\n");
}

/** The questions that nothing answers; with `pending`, the last of them may still be. */
export function unanswered(entries: readonly Entry[], pending: boolean): Set<Entry> {
  const found = new Set<Entry>();
  let open: Entry | null = null;
  for (const entry of entries) {
    if (entry.state === "unsent") {
      found.add(entry);
    } else if (entry.item.type === "user_message") {
      if (open) found.add(open);
      open = entry;
    } else if (answers(entry)) {
      open = null;
    }
  }
  if (open && !pending) found.add(open);
  // What was asked once more got its answer there.
  const asked = new Set<string>();
  for (const entry of [...entries].reverse()) {
    if (entry.item.type !== "user_message") continue;
    if (asked.has(entry.text)) found.delete(entry);
    asked.add(entry.text);
  }
  return found;
}

function answers(entry: Entry): boolean {
  const { item, state, visible, text } = entry;
  if (item.type === "client_tool_call") return item.status === "pending";
  return visible && (item.type !== "assistant_message" || state === "streaming" || text !== "");
}

function hasWords({ item }: Entry): boolean {
  return item.type === "assistant_message" || (item.type === "widget" && !!item.copy_text);
}

function words(entry: Entry): string {
  return entry.item.type === "widget" ? (entry.item.copy_text ?? "") : entry.text;
}
