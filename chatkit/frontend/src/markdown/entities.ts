/** Character references of Markdown text. Only a reference's name, letters and digits, ever meets an HTML parser. */

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));/g;

/** Names met so far, and those of Markdown's own characters. */
const known = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
]);

export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named(name, whole);
    const code = decimal !== undefined ? Number(decimal) : parseInt(hex ?? "", 16);
    return code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? "\ufffd" : String.fromCodePoint(code);
  });
}

/** HTML has more than two thousand names, and every browser knows them. */
function named(name: string, whole: string): string {
  let text = known.get(name);
  if (text === undefined) {
    text = whole;
    try {
      // Text is all that a text area can hold.
      const area = document.createElement("textarea");
      area.innerHTML = whole;
      // What is no name may begin with one: `&copyx;`.
      if (area.value === ";" || !area.value.endsWith(";")) text = area.value;
    } catch {
      // A page that lets no text be parsed shows the reference as it is.
    }
    known.set(name, text);
  }
  return text;
}
