/** Runs of `*`, `_` and `~~`: which of them begin and end emphasis, as CommonMark pairs them. */
import { characterAt, characterBefore, isAscii, isMark, isOpening, isQuote, isSpace, isSpaceless } from "./letters";

export type EmphasisTag = "em" | "strong" | "del";

export interface Delimiter {
  type: "delimiter";
  mark: string;
  /** How many of its characters are not yet part of a pair. */
  count: number;
  length: number;
  opens: boolean;
  closes: boolean;
  /** The tags that end at its left side and begin at its right one, in the order of the text. */
  ends: EmphasisTag[];
  begins: EmphasisTag[];
}

/** The run of `mark` at `at`, which ends before `end`. */
export function delimiter(text: string, at: number, end: number): Delimiter {
  const mark = text.charAt(at);
  const length = end - at;
  const [opens, closes] = mark === "~" && length !== 2 ? [false, false] : sides(text, at, end, mark);
  return { type: "delimiter", mark, count: length, length, opens, closes, ends: [], begins: [] };
}

function sides(text: string, at: number, end: number, mark: string): [opens: boolean, closes: boolean] {
  const before = characterBefore(text, at);
  const after = characterAt(text, end);
  const left = !isSpace(after) && (!isMark(after) || isSpace(before) || isMark(before));
  const right = !isSpace(before) && (!isMark(before) || isSpace(after) || isMark(after));
  if (mark === "_") return [left && (!right || isMark(before)), right && (!left || isMark(after))];
  return [
    left || (!isSpace(after) && beginsAfterWord(text, end, before, after)),
    right || (!isSpace(before) && endsBeforeWord(text, at, end - at, before, after)),
  ];
}

// CommonMark takes emphasis that begins or ends with punctuation inside a word for none, for all words are set apart
// by spaces there. Quotation marks, brackets and scripts tell how it is meant: `**注意：**正文`, `و**«مهم»**هنا`.

/** Between a word and a mark. */
function beginsAfterWord(text: string, end: number, before: string, after: string): boolean {
  if (isSpaceless(before)) return true;
  if (isAscii(after) && isAscii(before)) return false;
  if (!isQuote(after)) return isOpening(after);
  const beyond = characterAt(text, end + after.length);
  return !isSpace(beyond) && !isMark(beyond);
}

/** Between a mark and a word. */
function endsBeforeWord(text: string, at: number, length: number, before: string, after: string): boolean {
  if (isSpaceless(after)) return true;
  if (length < 2 && isAscii(after)) return false;
  if (!isQuote(before)) return !isOpening(before);
  const beyond = characterBefore(text, at - before.length);
  return !isSpace(beyond) && !isOpening(beyond);
}

interface Linked {
  item: Delimiter;
  previous: Linked | null;
  next: Linked | null;
}

/** Pairs the delimiters among `tokens`. */
export function pair(tokens: readonly { type: string }[]): void {
  let last: Linked | null = null;
  let closer: Linked | null = null;
  for (const token of tokens) {
    if (token.type !== "delimiter") continue;
    const linked: Linked = { item: token as Delimiter, previous: last, next: null };
    if (last) last.next = linked;
    else closer = linked;
    last = linked;
  }
  /** Before these, for each kind of closing run, there is nothing to open it. */
  const bottoms = new Map<string, Linked | null>();
  while (closer) {
    const { item } = closer;
    if (!item.closes) {
      closer = closer.next;
      continue;
    }
    const kind = `${item.mark}${item.opens}${item.length % 3}`;
    const bottom = bottoms.get(kind) ?? null;
    let opener = closer.previous;
    while (opener && opener !== bottom && !fits(opener.item, item)) opener = opener.previous;
    if (!opener || opener === bottom) {
      bottoms.set(kind, closer.previous);
      const { next } = closer;
      if (!item.opens) unlink(closer);
      closer = next;
      continue;
    }
    const begin = opener.item;
    const used = item.mark === "~" || (begin.count >= 2 && item.count >= 2) ? 2 : 1;
    const tag = item.mark === "~" ? "del" : used === 2 ? "strong" : "em";
    begin.count -= used;
    item.count -= used;
    begin.begins.unshift(tag);
    item.ends.push(tag);
    opener.next = closer;
    closer.previous = opener;
    if (!begin.count) unlink(opener);
    if (!item.count) {
      unlink(closer);
      closer = closer.next;
    }
  }
}

function fits(opener: Delimiter, closer: Delimiter): boolean {
  if (!opener.opens || opener.mark !== closer.mark) return false;
  const odd = (opener.closes || closer.opens) && (opener.length + closer.length) % 3 === 0;
  return !odd || (opener.length % 3 === 0 && closer.length % 3 === 0);
}

function unlink({ previous, next }: Linked): void {
  if (previous) previous.next = next;
  if (next) next.previous = previous;
}
