/** Nobody listens to more of an answer that they can read. */
const MAX_SPOKEN = 4000;

/** Markdown as it is read out: the words without the signs around them. */
export function spoken(markdown: string): string {
  return markdown
    .slice(0, MAX_SPOKEN)
    .replace(/^ {0,3}(?:```|~~~).*$/gm, "")
    .replace(/^(?=[ |:-]*---)[ |:-]+$/gm, "")
    .replace(/!?\[([^\]]*)\]\([^)\s]*(?:\s+"[^"]*")?\)/g, "$1")
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/gm, "")
    .replace(/(\*\*|__|~~|`)/g, "")
    .replace(/\*(\S[^*\n]*)\*/g, "$1")
    .replace(/\s*\|\s*/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
