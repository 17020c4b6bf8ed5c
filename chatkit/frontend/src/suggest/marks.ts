/** Shows where the tags and fields are in the text: the same text behind the field, with those words tinted. */
import { make } from "../markdown/dom";
import { fieldsIn } from "../state/fields";
import type { Placed } from "../state/tags";

export class Marks {
  readonly element = make("div", { class: "marks", part: "marks", "aria-hidden": "true" });
  #drawn = "";

  update(input: HTMLTextAreaElement | null, text: string, tags: readonly Placed[], fields: readonly string[]): void {
    const places = [
      ...tags.map(({ tag, at }) => ({ at, text: tag.text, kind: "named" })),
      ...placesOf(text, fields).map(({ at, field }) => ({ at, text: field, kind: "field-name" })),
    ].sort((one, other) => one.at - other.at);
    const print = places.length ? JSON.stringify([text, places]) : "";
    if (print !== this.#drawn) {
      this.#drawn = print;
      this.#draw(text, places);
    }
    if (!input || !places.length) return;
    this.element.dir = input.dir;
    // A scroll bar makes the lines of the field shorter.
    this.element.style.setProperty("padding-inline-end", `${10 + input.offsetWidth - input.clientWidth}px`);
    this.scroll(input);
  }

  scroll(input: HTMLTextAreaElement): void {
    this.element.scrollTop = input.scrollTop;
  }

  #draw(text: string, places: { at: number; text: string; kind: string }[]): void {
    this.element.replaceChildren();
    let from = 0;
    for (const place of places) {
      if (place.at < from) continue;
      this.element.append(text.slice(from, place.at), make("mark", { class: place.kind }, place.text));
      from = place.at + place.text.length;
    }
    // The last line counts, also where it is empty.
    if (places.length) this.element.append(`${text.slice(from)}\u200b`);
  }
}

function placesOf(text: string, fields: readonly string[]): { at: number; field: string }[] {
  const found = [];
  let from = 0;
  for (const field of fieldsIn(text)) {
    const at = text.indexOf(field, from);
    from = at + field.length;
    if (fields.includes(field)) found.push({ at, field });
  }
  return found;
}
