/** Tables. */
import { html, nothing, type TemplateResult } from "lit";
import type { WidgetNode } from "../wire/protocol";
import { childViews } from "./node";
import { children, type Scope, string } from "./scope";
import { styled } from "./styled";
import { size } from "./values";

export function table(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const rows = children(node).filter(({ type }) => type === "Table.Row");
  for (const row of rows) scope.parts.take(1 + children(row).length);
  return html`<div class="table" tabindex="0" role="region" aria-label=${scope.ui.strings.table}>
    <table>
      ${rows.map((row, index) => html`<tr>${children(row).map((cell, at) => cellView(cell, row.header === true, `${key}.${index}.${at}`, scope))}</tr>`)}
    </table>
  </div>`;
}

function cellView(cell: WidgetNode, header: boolean, key: string, scope: Scope): TemplateResult {
  const span = (value: unknown) => (typeof value === "number" && value > 1 ? String(Math.min(50, value)) : nothing);
  const align = string(cell.align) ?? "";
  const content = childViews(cell, key, scope);
  const styles = {
    width: size(cell.width),
    "vertical-align": { center: "middle", end: "bottom" }[String(cell.vAlign)],
  };
  return header
    ? html`<th scope="col" class=${align} colspan=${span(cell.colSpan)} rowspan=${span(cell.rowSpan)} ${styled(styles)}>${content}</th>`
    : html`<td class=${align} colspan=${span(cell.colSpan)} rowspan=${span(cell.rowSpan)} ${styled(styles)}>${content}</td>`;
}
