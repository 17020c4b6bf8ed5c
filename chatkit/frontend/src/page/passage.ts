/** The passage of a page that an address names after ":~:text=": where it stands in the text. */

/** Its first and its last words, as the address has them; null where it names none. */
export function namedPassage(href: string): [start: string, end: string] | null {
  const directive = href.split(":~:text=")[1];
  if (!directive) return null;
  // Words before and after it end, or begin, with a hyphen.
  const parts = directive.split("&")[0]?.split(",") ?? [];
  const [start = "", end = ""] = parts.filter((part) => !part.endsWith("-") && !part.startsWith("-")).map(decoded);
  return start ? [start, end] : null;
}

/** The id of the section that an address names; empty where it names none. */
export function namedSection(href: string): string {
  const id = new URL(href).hash.slice(1).split(":~:")[0] ?? "";
  return decoded(id) || id; // a lone "%" stands for itself
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The range from the first to the last words, whatever elements and line breaks are between them. */
export function findPassage(root: Node, [start, end]: [start: string, end: string]): Range | null {
  let text = "";
  const places: [Text, number][] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    [...node.data].reduce((at, letter) => {
      const blank = /\s/.test(letter);
      if (!blank || !text.endsWith(" ")) {
        const kept = blank ? " " : lowered(letter);
        text += kept;
        for (let unit = 0; unit < kept.length; unit++) places.push([node as Text, at]);
      }
      return at + letter.length;
    }, 0);
  }
  const from = text.indexOf(words(start));
  const until = end ? text.indexOf(words(end), from + 1) + words(end).length : from + words(start).length;
  const [first, last] = [places[from], places[until - 1]];
  if (from < 0 || !first || !last || until <= from) return null;
  const range = document.createRange();
  range.setStart(...first);
  range.setEnd(last[0], Math.min(last[1] + 1, last[0].length));
  return range;
}

/** A heading and what stands under it. */
export function sectionOf(heading: Element): Range {
  const range = document.createRange();
  let last = heading;
  while (last.nextElementSibling && !/^H[1-6]$/.test(last.nextElementSibling.nodeName)) last = last.nextElementSibling;
  range.setStartBefore(heading);
  range.setEndAfter(last);
  return range;
}

function words(text: string): string {
  return [...text.trim().replace(/\s+/g, " ")].map(lowered).join("");
}

/** Small letters, each as long as before. */
function lowered(letter: string): string {
  const small = letter.toLowerCase();
  return small.length === letter.length ? small : letter;
}
