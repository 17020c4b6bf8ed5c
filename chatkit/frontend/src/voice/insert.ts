/** A text with words put into it at the cursor, or in the place of what is marked; and where the cursor is then. */
export function inserted(text: string, from: number, to: number, words: string): { text: string; caret: number } {
  const before = text.slice(0, from);
  const after = text.slice(to);
  const lead = before && !/\s$/.test(before) ? " " : "";
  const trail = after && !/^[\s.,;:!?)\]}»”’،؛؟。、]/.test(after) ? " " : "";
  const upToCaret = before + lead + words;
  return { text: upToCaret + trail + after, caret: upToCaret.length };
}
