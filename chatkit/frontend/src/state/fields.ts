/** The fields of a template in the text that is being written: `{{customer}}`. */

const FIELD = /\{\{[^{}\n]{1,80}\}\}/g;

type Field = Pick<HTMLTextAreaElement, "value" | "selectionStart" | "selectionEnd" | "focus" | "setSelectionRange">;

/** As they stand in the text, in its order. */
export function fieldsIn(text: string): string[] {
  return text.match(FIELD) ?? [];
}

/** The name of a field: "{{ customer }}" is "customer". */
export function nameOf(field: string): string {
  return field.slice(2, -2).trim();
}

/**
 * Selects the next field behind the selection, or with `back` the one before it; `first` begins at the start of the
 * text. False where there is none.
 */
export function selectField(input: Field, fields: readonly string[], { back = false, first = false } = {}): boolean {
  const { value, selectionStart, selectionEnd } = input;
  const places = [...value.matchAll(FIELD)]
    .map((match) => ({ at: match.index, end: match.index + match[0].length, text: match[0] }))
    .filter(({ text }) => fields.includes(text));
  const place = back
    ? places.findLast(({ end, at }) => end <= selectionStart && at < selectionStart)
    : places.find(({ at, end }) => first || (at >= selectionEnd && end > selectionStart));
  if (!place) return false;
  input.focus();
  input.setSelectionRange(place.at, place.end);
  return true;
}
