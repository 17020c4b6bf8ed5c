/** The rows in their groups, and which of them are to be drawn. */
import type { ListWords } from "./words";

const DAY = 86_400_000;

/** The height of each kind, in `em`: the sheet has the same. */
export const HEIGHTS = { group: 2.4, row: 4, hit: 6.2 };

export interface Dated {
  id: string;
  place: "pinned" | "list" | "archive";
  updated_at: string;
}

export interface Group<T> {
  label: string;
  rows: T[];
}

/** The rows, which are in their order, under the headings of a reader of this moment. */
export function grouped<T extends Dated>(
  rows: readonly T[],
  words: ListWords & { today: string; yesterday: string },
  locale: string,
  now = new Date(),
): Group<T>[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const month = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" });
  const groups: Group<T>[] = [];
  for (const row of rows) {
    const at = Date.parse(row.updated_at);
    let label = words.pinned;
    if (row.place !== "pinned") {
      if (!(at < midnight)) label = words.today;
      else if (at >= midnight - DAY) label = words.yesterday;
      else if (at >= midnight - 7 * DAY) label = words.lastWeek;
      else if (at >= midnight - 30 * DAY) label = words.lastMonth;
      else label = month.format(at);
    }
    const last = groups.at(-1);
    if (last?.label === label) last.rows.push(row);
    else groups.push({ label, rows: [row] });
  }
  return groups;
}

export interface Drawn<T> {
  /** Null where the heading is out of sight. */
  label: string | null;
  name: string;
  rows: { row: T; index: number }[];
}

export interface Window<T> {
  groups: Drawn<T>[];
  /** What is left out above and below, in `em`. */
  above: number;
  below: number;
}

/** What of the groups lies between two places (in `em`), and the row that has the focus, if it is near. */
export function visible<T>(groups: readonly Group<T>[], from: number, to: number, height = HEIGHTS.row): Window<T> {
  const found: Window<T> = { groups: [], above: 0, below: 0 };
  let top = 0;
  let index = 0;
  for (const { label, rows } of groups) {
    const end = top + HEIGHTS.group + rows.length * height;
    if (end <= from) found.above += end - top;
    else if (top >= to) found.below += end - top;
    else {
      const start = top + HEIGHTS.group;
      const first = Math.max(0, Math.floor((from - start) / height));
      const last = Math.min(rows.length, Math.max(0, Math.ceil((to - start) / height)));
      const heading = first === 0;
      const above = heading ? 0 : HEIGHTS.group + first * height;
      found.above += above;
      found.below += (rows.length - last) * height;
      const part = rows.slice(first, last).map((row, place) => ({ row, index: index + first + place }));
      found.groups.push({ label: heading ? label : null, name: label, rows: part });
    }
    index += rows.length;
    top = end;
  }
  return found;
}

/** Where a row begins, in `em`. */
export function topOf<T extends { id: string }>(groups: readonly Group<T>[], id: string): number | null {
  let top = 0;
  for (const { rows } of groups) {
    top += HEIGHTS.group;
    const at = rows.findIndex((row) => row.id === id);
    if (at >= 0) return top + at * HEIGHTS.row;
    top += rows.length * HEIGHTS.row;
  }
  return null;
}
