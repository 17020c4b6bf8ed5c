/** Rows of tables. */
import type { Align, Line } from "./block";
import { characters } from "./citations";

const DELIMITERS = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$/;

/** How the columns are aligned, where `text` is the line below a table's head. */
export function alignments(text: string): Align[] | null {
  if (!/[|:]/.test(text) || !DELIMITERS.test(text)) return null;
  const cells = text
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|");
  return cells.map((cell) => {
    const [, left, right] = /^\s*(:?)-+(:?)\s*$/.exec(cell) ?? [];
    return left ? (right ? "center" : "left") : right ? "right" : null;
  });
}

/** The cells of a line, each in pieces: between them stood an escaped bar, whose backslash is gone. */
export function cellsOf({ text, at }: Line): Line[][] {
  const end = text.trimEnd().length;
  const cells: Line[][] = [];
  let cell: Line[] = [];
  let from = text.charAt(0) === "|" ? 1 : 0;
  const take = (to: number) => cell.push({ text: text.slice(from, to), at: at + characters(text.slice(0, from)) });
  for (let to = from; to < end; to++) {
    const mark = text.charAt(to);
    if (mark === "\\" && text.charAt(to + 1) === "|") {
      take(to);
      from = ++to;
    } else if (mark === "|") {
      take(to);
      cells.push(trimmed(cell));
      cell = [];
      from = to + 1;
    }
  }
  if (from < end) {
    take(end);
    cells.push(trimmed(cell));
  } else if (cell.length) cells.push(trimmed(cell));
  return cells;
}

function trimmed(pieces: Line[]): Line[] {
  const first = pieces[0];
  if (first) {
    const text = first.text.trimStart();
    first.at += first.text.length - text.length;
    first.text = text;
  }
  const last = pieces[pieces.length - 1];
  if (last) last.text = last.text.trimEnd();
  return pieces;
}
