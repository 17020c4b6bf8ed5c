/** What stands where a part of the element could not be fetched: that it is so, and the way to it. */
import { html, type TemplateResult } from "lit";
import { icon } from "../icons";
import type { Ui } from "./ui";

export function missing({ strings }: Ui, again: () => unknown): TemplateResult {
  return html`<div class="notice danger" part="error">
    ${icon("danger")}
    <div class="what">
      ${strings.errors.network}
      <div class="do"><button type="button" class="button" @click=${() => void again()}>${strings.tryAgain}</button></div>
    </div>
  </div>`;
}
