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

function hasWords({ item }: Entry): boolean {
  return item.type === "assistant_message" || (item.type === "widget" && !!item.copy_text);
}

function words(entry: Entry): string {
  return entry.item.type === "widget" ? (entry.item.copy_text ?? "") : entry.text;
}
