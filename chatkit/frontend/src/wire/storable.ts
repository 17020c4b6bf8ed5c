/** Characters that no database of a server holds, and that the server refuses: PDFs have them in what is copied. */
const REFUSED = /[\0\p{Surrogate}]/gu;

/** A text without NUL and without halves of characters. */
export function storable(text: string): string {
  return text.replace(REFUSED, "");
}

/** The same for all the texts of a value, as the JSON that is sent. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "string" ? storable(one) : one));
}
