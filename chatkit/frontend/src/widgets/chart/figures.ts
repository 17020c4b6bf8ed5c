/** A chart's figures as a table, which every reader can use: it folds under the drawing. */
import { html, nothing } from "lit";
import type { Scope } from "../scope";
import type { ChartData } from "./data";

export function figures({ names, series }: ChartData, format: Intl.NumberFormat, scope: Scope): unknown {
  const shown = (value: number | null | undefined) => (typeof value === "number" ? format.format(value) : nothing);
  return html`<details class="w-figures">
    <summary>${scope.ui.strings.table}</summary>
    <div class="table" tabindex="0" role="region" aria-label=${scope.ui.strings.table}>
      <table>
        <thead>
          <tr><td></td>${series.map(({ name }) => html`<th scope="col" class="end"><bdi>${name}</bdi></th>`)}</tr>
        </thead>
        <tbody>
          ${names.map((name, row) => html`<tr><th scope="row"><bdi>${name}</bdi></th>${series.map((one) => html`<td class="end"><bdi>${shown(one.values[row])}</bdi></td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
  </details>`;
}
