/** When something was said: shown while one looks at it, and always there for a screen reader. */
import { html, nothing } from "lit";
import type { Ui } from "./ui";

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(date: Date, locale: string): string {
  const today = date.getTime() >= new Date().setHours(0, 0, 0, 0);
  const key = `${locale} ${today}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(
      locale,
      today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" },
    );
    formats.set(key, format);
  }
  return format.format(date);
}

export function time(ui: Ui, at: string | undefined): unknown {
  const date = new Date(at ?? "");
  if (Number.isNaN(date.getTime())) return nothing;
  return html`<time class="at" part="time" datetime=${date.toISOString()}>${formatted(date, ui.locale.locale)}</time>`;
}
