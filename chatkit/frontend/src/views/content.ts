/** What stands in the frame: a skeleton, the list of conversations, the start screen, or a thread. */
import { html, nothing, type TemplateResult } from "lit";
import { footer } from "./composer";
import { header } from "./header";
import { missing } from "./missing";
import { belowComposer, startScreen, writesInTheMiddle } from "./start";
import { skeleton, threadView } from "./thread";
import type { Ui } from "./ui";

export function content(ui: Ui, configured: boolean, blank: boolean): TemplateResult {
  if (!configured) return html`<div class="body">${skeleton(ui)}</div>`;
  const { beside } = ui;
  const { wanted } = beside;
  // The chat stands in its place with and without the list: it comes while somebody writes, as a visitor has a list
  // from the first answer on, and what is drawn anew would lose the focus and the words.
  return html`<div class="beside">
    ${wanted ? beside.draw() : nothing}
    <div class="chat" ?inert=${beside.over}>${chat(ui, !wanted && ui.history.open, blank)}</div>
  </div>`;
}

function chat(ui: Ui, open: boolean, blank: boolean): TemplateResult {
  const middle = blank && !open && writesInTheMiddle(ui);
  return html`${header(ui, open)}
    <div class="stage" ?data-middle=${middle}><div class="body">${open ? ui.panels.draw((part) => part.historyView(ui), listAway(ui)) : blank ? startScreen(ui) : threadView(ui)}</div>
    ${open ? null : footer(ui, middle)} ${middle ? belowComposer(ui) : null}</div> ${ui.suggesting.part?.preview.element ?? null}`;
}

/** In the place of the list of conversations until it can be drawn. */
function listAway(ui: Ui): TemplateResult {
  if (ui.panels.part !== "missing") return skeleton(ui);
  return html`<div class="empty">${missing(ui, () => ui.panels.fetch())}</div>`;
}
