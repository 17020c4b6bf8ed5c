/** What a line does to the blocks it comes to. */
import type { Block, Line } from "./block";
import { characters } from "./citations";
import type { Cursor } from "./cursor";

/** Whether the line belongs to the block; the cursor goes over what says so. */
export function continues(block: Block, cursor: Cursor): boolean {
  switch (block.type) {
    case "quote":
      if (cursor.indented || !cursor.trimmed.startsWith(">")) return false;
      cursor.toNext();
      cursor.skip(1);
      cursor.skipSpace();
      return true;
    case "item":
      if (cursor.blank) {
        if (!block.children.length) return false;
        cursor.toNext();
        return true;
      }
      if (cursor.indent < block.indent) return false;
      cursor.skipColumns(block.indent);
      return true;
    case "code":
      if (block.fence) cursor.skipColumns(Math.min(cursor.indent, block.fence.indent));
      else if (cursor.indented) cursor.skipColumns(4);
      else if (cursor.blank) cursor.toNext();
      else return false;
      return true;
    case "html":
      return block.ending !== null || !cursor.blank;
    case "paragraph":
    case "table":
      return !cursor.blank;
    default:
      return true;
  }
}

export function textOf({ next, trimmed }: Cursor, { text, at }: Line): Line {
  return { text: trimmed, at: at + characters(text.slice(0, next)) };
}

/** Remembers for lists whether a blank line follows a block; those inside quotes, fences and formulas do not count. */
export function flagBlank(container: Block, blank: boolean): void {
  if (blank && container.last) container.last.blank = true;
  const { type, fence } = container;
  const empty = type === "item" && !container.children.length;
  const counts = blank && type !== "quote" && type !== "formula" && !fence && !empty;
  for (let block: Block | null = container; block; block = block.parent) block.blank = counts;
}

export function clean(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}
