/** Tables, and charts as tables of their figures, which every reader can use. */
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

interface Series {
  dataKey: string;
  label?: string | null;
}

export function chart(node: WidgetNode, scope: Scope): unknown {
  const data = (Array.isArray(node.data) ? node.data : []) as Record<string, unknown>[];
  const series = (Array.isArray(node.series) ? node.series : []) as Series[];
  const axis = node.xAxis as string | { dataKey?: string; labels?: Record<string, string> } | undefined;
  const field = typeof axis === "string" ? axis : axis?.dataKey;
  if (!field || !data.length) return nothing;
  scope.parts.take(data.length * (1 + series.length));
  const labels = (typeof axis === "object" && axis?.labels) || {};
  const number = new Intl.NumberFormat(scope.ui.locale.locale);
  const shown = (value: unknown) => (typeof value === "number" ? number.format(value) : (string(value) ?? ""));
  return html`<div class="table" tabindex="0" role="region" aria-label=${scope.ui.strings.table}>
    <table>
      <thead>
        <tr><th scope="col"></th>${series.map(({ label, dataKey }) => html`<th scope="col" class="end"><bdi>${label ?? dataKey}</bdi></th>`)}</tr>
      </thead>
      <tbody>
        ${data.map((row) => {
          const name = String(row[field] ?? "");
          return html`<tr><th scope="row"><bdi>${labels[name] ?? name}</bdi></th>${series.map(({ dataKey }) => html`<td class="end"><bdi>${shown(row[dataKey])}</bdi></td>`)}</tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
