/** A text in pieces between which a line may break: words that are too long for a line of their own are cut. */

const LONGEST = 20;
const PIECE = 12;

export function pieces(text: string): string[] {
  const found: string[] = [];
  for (const word of text.split(/(\s+)/)) {
    // By whole characters: half an emoji is none.
    const characters = [...word];
    if (characters.length <= LONGEST) found.push(`${found.pop() ?? ""}${word}`);
    else for (let at = 0; at < characters.length; at += PIECE) found.push(characters.slice(at, at + PIECE).join(""));
  }
  return found;
}
