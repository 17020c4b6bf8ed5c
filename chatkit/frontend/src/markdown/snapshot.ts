/** What a line may change of the blocks, kept so that the line can be forgotten again. */
import type { Block } from "./block";
import type { Attempt, BlockParser } from "./blocks";
import type { Definition } from "./references";

interface SavedBlock {
  block: Block;
  fields: Pick<Block, "type" | "open" | "lines" | "blank" | "depth" | "loose">;
  lines: number;
  children: number;
  last: Block | undefined;
}

export interface Saved {
  tip: Block;
  blocks: SavedBlock[];
  top: number;
  cost: number;
  /** So many definitions stay; the others are those that were there too. */
  definitions: number;
  added: [string, Definition][];
  attempt: Attempt | null;
  attempted: { lines: number; length: number };
}

/** Only open blocks can change, and what an attempted formula has closed would be opened again without it. */
export function save({ attempt, cost, definitions, top }: BlockParser, tip: Block): Saved {
  const blocks = new Set(attempt?.before.blocks.map(({ block }) => block));
  for (let block: Block | null = tip; block; block = block.parent) blocks.add(block);
  const kept = attempt ? attempt.before.definitions : definitions.size;
  return {
    tip,
    blocks: [...blocks].map(saved),
    top,
    cost,
    definitions: kept,
    added: attempt ? [...definitions].slice(kept) : [],
    attempt,
    attempted: { lines: attempt?.lines.length ?? 0, length: attempt?.length ?? 0 },
  };
}

function saved(block: Block): SavedBlock {
  const { type, open, lines, blank, depth, loose, children, last } = block;
  return {
    block,
    fields: { type, open, lines, blank, depth, loose },
    lines: lines.length,
    children: children.length,
    last,
  };
}

/** Makes everything as it was; the block that was open last. */
export function restore(parser: BlockParser, from: Saved): Block {
  const { definitions, changed } = parser;
  for (const { block, fields, lines, children, last } of from.blocks) {
    Object.assign(block, fields);
    block.lines.length = lines;
    block.children.length = children;
    if (last) block.children[children - 1] = last;
  }
  if (definitions.size > from.definitions) {
    for (const label of [...definitions.keys()].slice(from.definitions)) {
      definitions.delete(label);
      changed.add(label);
    }
  }
  for (const [label, definition] of from.added) {
    definitions.set(label, definition);
    changed.add(label);
  }
  const { attempt } = from;
  if (attempt) {
    attempt.lines.length = from.attempted.lines;
    attempt.length = from.attempted.length;
  }
  parser.attempt = attempt;
  parser.top = from.top;
  parser.cost = from.cost;
  return from.tip;
}
