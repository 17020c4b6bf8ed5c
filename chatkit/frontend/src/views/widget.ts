/** The place of a widget: it keeps some room until what draws widgets is here. */
import { html, type TemplateResult } from "lit";
import { PlainText } from "../markdown/plain-text";
import type { Entry } from "../state/entry";
import type { WidgetItem } from "../wire/protocol";
import { missing } from "./missing";
import { wordsOf } from "./plain-item";
import type { Ui } from "./ui";

export function widgetPlace(ui: Ui, entry: Entry, item: WidgetItem): unknown {
  const { part } = ui.widgets;
  if (part === "missing") return words(ui, item);
  if (part) return part.widgetView(ui, entry, item);
  void ui.widgets.fetch();
  return html`<div class="widget" role="status" aria-label=${ui.strings.loading}>
    <span class="skeleton wide"></span><span class="skeleton short"></span>
  </div>`;
}

/** Its words can be read all the same. */
function words(ui: Ui, item: WidgetItem): TemplateResult {
  const plain = new PlainText();
  plain.append(wordsOf(item.widget).join("\n"));
  return html`<div class="widget" part="widget">${plain.element}</div>
    ${missing(ui, () => ui.widgets.fetch())}`;
}
