/** What stands in the frame: a skeleton, the list of conversations, the start screen, or a thread. */
import { html, type TemplateResult } from "lit";
import { footer } from "./composer";
import { header } from "./header";
import { missing } from "./missing";
import { belowComposer, startScreen, writesInTheMiddle } from "./start";
import { skeleton, threadView } from "./thread";
import type { Ui } from "./ui";

export function content(ui: Ui, configured: boolean, blank: boolean): TemplateResult {
  const { open } = ui.history;
  if (!configured) return html`<div class="body">${skeleton(ui)}</div>`;
  const middle = blank && !open && writesInTheMiddle(ui);
  return html`${header(ui)}
    <div class="stage" ?data-middle=${middle}><div class="body">${open ? ui.panels.draw((part) => part.historyView(ui), listAway(ui)) : blank ? startScreen(ui) : threadView(ui)}</div>
    ${open ? null : footer(ui, middle)} ${middle ? belowComposer(ui) : null}</div> ${ui.suggesting.part?.preview.element ?? null}`;
}

/** In the place of the list of conversations until it can be drawn. */
function listAway(ui: Ui): TemplateResult {
  if (ui.panels.part !== "missing") return skeleton(ui);
  return html`<div class="empty">${missing(ui, () => ui.panels.fetch())}</div>`;
}
