/** A title in a list: cut where it is too long, but not the number by which it differs from others. */
import { html, type TemplateResult } from "lit";

const NUMBER = /^(.*\S)\s(\(\d{1,4}\))$/su;

export function named(title: string): TemplateResult {
  const [, words, number] = NUMBER.exec(title) ?? [];
  if (!number) return html`<span class="name" dir="auto">${title}</span>`;
  return html`<span class="name numbered" dir="auto"><span>${words}</span>&nbsp;${number}</span>`;
}
