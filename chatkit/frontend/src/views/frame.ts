/** What stands around all else: the language and direction, files that are dropped, and what screen readers are told. */
import { html, type TemplateResult } from "lit";
import { attachmentsDropped } from "./attachments";
import { follow } from "./cited";
import type { Ui } from "./ui";

interface Around {
  ready: boolean;
  dropping: boolean;
  said: string;
}

export function frame(ui: Ui, { ready, dropping, said }: Around, inside: TemplateResult | null): TemplateResult {
  const { language, direction } = ui.locale;
  return html`<section
    class="frame"
    part="frame"
    tabindex="-1"
    lang=${language}
    dir=${direction}
    aria-label=${ui.options.frameTitle ?? "Chat"}
    data-ready=${ready}
    @click=${(event: MouseEvent) => follow(ui, event)}
  >
    <span class="probe" aria-hidden="true"></span>
    ${inside} ${dropping ? attachmentsDropped(ui) : null}
    <div class="hidden" role="status" aria-live="polite" aria-atomic="true">${said}</div>
  </section>`;
}
