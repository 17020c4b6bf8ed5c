/**
 * Charts: shapes in SVG, everything that is read in HTML above and below, so that letters keep their size while the
 * drawing stretches with the card. From right to left the drawing is mirrored as a whole.
 */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { Entry } from "../../state/entry";
import type { WidgetNode } from "../../wire/protocol";
import type { Scope } from "../scope";
import { styled } from "../styled";
import * as values from "../values";
import { curve, type Point } from "./curves";
import { type ChartData, chartData, type Series } from "./data";
import { figures } from "./figures";
import { type Scale, scaleOf } from "./scale";

/** Of the drawing that stretches, in both directions. */
const SIDE = 1000;
/** More names than these under the axis leave no room for each other. */
const MOST_NAMES = 8;
const BAR_GAP = 4;

/** The row whose figures are shown, by the chart's place in its widget. */
const looked = new WeakMap<Entry, Map<string, number>>();

export function chart(node: WidgetNode, key: string, scope: Scope): unknown {
  const data = chartData(node);
  if (!data) return nothing;
  scope.parts.take(data.names.length * (1 + data.series.length));
  const { names, series } = data;
  const scale = scaleOf(series.flatMap(({ spans }) => spans.flatMap((span) => span ?? [])));
  const format = new Intl.NumberFormat(scope.ui.locale.locale);
  const short = new Intl.NumberFormat(scope.ui.locale.locale, { notation: "compact" });
  const shown = node.showTooltip === false ? undefined : looked.get(scope.entry)?.get(key);
  const axis = node.xAxis as { hide?: unknown };
  const title = new Intl.ListFormat(scope.ui.locale.locale, { style: "narrow" }).format(series.map(({ name }) => name));
  return html`<figure class="w-chart" ?data-high=${node.height !== undefined || node.size !== undefined || node.aspectRatio !== undefined} ${styled(values.chartBox(node))}>
      <div class="w-chart-plot ${node.showYAxis === true ? "" : "bare"}">
        ${node.showYAxis === true ? html`<div class="w-chart-values" aria-hidden="true">${scale.ticks.map((tick) => html`<span ${styled({ bottom: percent(scale.place(tick)) })}><bdi>${short.format(tick)}</bdi></span>`)}</div>` : nothing}
        <div class="w-chart-area" role="img" aria-label=${title || nothing} tabindex=${node.showTooltip === false ? nothing : "0"}
          @pointermove=${look(key, names.length, node, scope)} @pointerdown=${look(key, names.length, node, scope)} @pointerleave=${leave(key, scope)} @blur=${leave(key, scope)}
          @keydown=${walk(key, names.length, node, scope)}>
          ${drawing(data, scale, node, shown)}
        </div>
        <div class="w-chart-tip-place" role="status">${shown === undefined ? nothing : tip(data, shown, format)}</div>
      </div>
      ${axis?.hide === true ? nothing : categories(names, node.showYAxis === true)}
      ${node.showLegend === false ? nothing : legend(series)}
    </figure>
    ${figures(data, format, scope)}`;
}

const percent = (share: number) => `${Number((share * 100).toFixed(3))}%`;
const middle = (row: number, count: number) => (row + 0.5) / count;

function drawing(
  { names, series, columns }: ChartData,
  scale: Scale,
  node: WidgetNode,
  shown: number | undefined,
): TemplateResult {
  const zero = scale.place(0);
  const gap = pixels(node.barGap, BAR_GAP);
  const given =
    typeof node.barCategoryGap === "number" ? `${pixels(node.barCategoryGap, 0)}px` : percent(0.2 / names.length);
  const room = `(${percent(1 / names.length)} - ${given} - ${gap * Math.max(0, columns - 1)}px) / ${Math.max(1, columns)}`;
  return html`<svg class="w-chart-drawing" aria-hidden="true" width="100%" height="100%" ${styled({ "--_bar": `clamp(1px, ${room}, 48px)` })}>
    ${scale.ticks.map((tick) => svg`<line class=${tick ? "grid" : "grid zero"} x1="0" x2="100%" y1=${percent(1 - scale.place(tick))} y2=${percent(1 - scale.place(tick))} />`)}
    ${shown === undefined ? nothing : svg`<rect class="shown" x=${percent(shown / names.length)} width=${percent(1 / names.length)} y="0" height="100%" />`}
    ${series.map((one, index) => (one.kind === "bar" ? bars(one, index, columns, gap, scale) : nothing))}
    <svg viewBox="0 0 ${SIDE} ${SIDE}" preserveAspectRatio="none" width="100%" height="100%">
      ${series.map((one, index) => (one.kind === "area" ? area(one, index, scale) : nothing))}
      ${series.map((one, index) => (one.kind === "bar" ? nothing : lines(one, index, scale)))}
    </svg>
    ${series.map((one, index) => (one.kind === "bar" ? nothing : dots(one, index, scale, shown)))}
    <line class="grid zero" x1="0" x2="100%" y1=${percent(1 - zero)} y2=${percent(1 - zero)} />
  </svg>`;
}

function pixels(given: unknown, otherwise: number): number {
  return typeof given === "number" && Number.isFinite(given) ? Math.min(100, Math.max(0, given)) : otherwise;
}

function bars({ spans, column, colour }: Series, index: number, columns: number, gap: number, scale: Scale): unknown {
  const fill = values.seriesColour(colour, index);
  const beside = column - columns / 2;
  return spans.map((span, row) => {
    if (!span) return nothing;
    const [low, high] = [scale.place(Math.min(...span)), scale.place(Math.max(...span))];
    const x = `calc(${percent(middle(row, spans.length))} + ${beside} * (var(--_bar) + ${gap}px) + ${gap / 2}px)`;
    return svg`<rect class="bar" rx="3" y=${percent(1 - high)} height=${percent(high - low)} ${styled({ x, width: "var(--_bar)", fill })} />`;
  });
}

/** The points of a series, parted where it has no number. */
function runs({ spans }: Series, scale: Scale, end: 0 | 1): Point[][] {
  const found: Point[][] = [[]];
  spans.forEach((span, row) => {
    if (span) found.at(-1)?.push([middle(row, spans.length) * SIDE, (1 - scale.place(span[end])) * SIDE]);
    else found.push([]);
  });
  return found.filter(({ length }) => length > 0);
}

function area(one: Series, index: number, scale: Scale): unknown {
  const lower = runs(one, scale, 0);
  const paths = runs(one, scale, 1).map((upper, at) => {
    const back = [...(lower[at] ?? [])].reverse();
    return `${open(curve(upper, one.curve))}${open(curve(back, mirrored(one.curve), "L"))}Z`;
  });
  return svg`<path class="area" d=${paths.join("")} ${styled({ fill: values.seriesColour(one.colour, index) })} />`;
}

/** An area is closed along its lower edge, not across. */
const open = (path: string) => path.replace(/Z$/, "");
/** A stair that is walked back turns at its other end. */
const mirrored = (kind: string) => ({ stepBefore: "stepAfter", stepAfter: "stepBefore" })[kind] ?? kind;

function lines(one: Series, index: number, scale: Scale): unknown {
  const path = runs(one, scale, 1).map((points) => curve(points, one.curve));
  return svg`<path class="line" vector-effect="non-scaling-stroke" d=${path.join("")} ${styled({ stroke: values.seriesColour(one.colour, index) })} />`;
}

/** Where somebody looks, and where a number has no neighbour to draw a line to. */
function dots({ spans, colour }: Series, index: number, scale: Scale, shown: number | undefined): unknown {
  const fill = values.seriesColour(colour, index);
  return spans.map((span, row) => {
    const alone = !spans[row - 1] && !spans[row + 1];
    if (!span || (row !== shown && !alone)) return nothing;
    return svg`<circle class="dot" r="4" cx=${percent(middle(row, spans.length))} cy=${percent(1 - scale.place(span[1]))} ${styled({ fill })} />`;
  });
}

function tip({ names, series }: ChartData, row: number, format: Intl.NumberFormat): TemplateResult {
  const place = middle(row, names.length);
  return html`<div class="w-chart-tip ${place > 0.5 ? "before" : ""}" ${styled({ "inset-inline-start": place > 0.5 ? null : percent(place), "inset-inline-end": place > 0.5 ? percent(1 - place) : null })}>
    <b dir="auto">${names[row]}</b>
    ${series.map((one, index) => html`<span class="w-chart-line">${swatch(one, index)}<span dir="auto">${one.name}</span> <bdi>${one.values[row] === null ? "–" : format.format(one.values[row] as number)}</bdi></span>`)}
  </div>`;
}

function swatch({ kind, colour }: Series, index: number): TemplateResult {
  return html`<i class="w-chart-swatch ${kind}" ${styled({ "background-color": values.seriesColour(colour, index) })}></i>`;
}

function legend(series: Series[]): TemplateResult {
  return html`<div class="w-chart-legend" aria-hidden="true">${series.map((one, index) => html`<span>${swatch(one, index)}<span dir="auto">${one.name}</span></span>`)}</div>`;
}

function categories(names: string[], inset: boolean): TemplateResult {
  const longest = Math.max(...names.map(({ length }) => length));
  const each = Math.ceil(names.length / Math.min(MOST_NAMES, Math.max(2, Math.floor(56 / (longest + 1)))));
  return html`<div class="w-chart-names ${inset ? "" : "bare"}" aria-hidden="true">
    ${names.map((name, row) => (row % each ? nothing : html`<span class=${(row / each) % 2 ? "odd" : ""} ${styled({ "inset-inline-start": percent(middle(row, names.length)), "max-inline-size": percent(each / names.length) })}><bdi>${name}</bdi></span>`))}
  </div>`;
}

type Heard<E> = (event: E) => void;

function turn(key: string, row: number | null, scope: Scope): void {
  const rows = looked.get(scope.entry) ?? new Map<string, number>();
  if ((rows.get(key) ?? null) === row) return;
  if (row === null) rows.delete(key);
  else rows.set(key, row);
  looked.set(scope.entry, rows);
  scope.entry.touch();
  scope.ui.changed();
}

function look(key: string, count: number, node: WidgetNode, scope: Scope): Heard<PointerEvent> | typeof nothing {
  if (node.showTooltip === false) return nothing;
  return (event) => {
    const area = event.currentTarget as HTMLElement;
    const { left, width } = area.getBoundingClientRect();
    const share = (event.clientX - left) / width;
    const along = getComputedStyle(area).direction === "rtl" ? 1 - share : share;
    turn(key, Math.min(count - 1, Math.max(0, Math.floor(along * count))), scope);
  };
}

function leave(key: string, scope: Scope): Heard<Event> {
  return () => turn(key, null, scope);
}

/** The arrows go from row to row, Home and End to the first and the last, Escape hides the figures. */
function walk(key: string, count: number, node: WidgetNode, scope: Scope): Heard<KeyboardEvent> | typeof nothing {
  if (node.showTooltip === false) return nothing;
  return (event) => {
    const row = looked.get(scope.entry)?.get(key);
    const ahead = getComputedStyle(event.currentTarget as HTMLElement).direction === "rtl" ? -1 : 1;
    const step = (by: number) =>
      row === undefined ? (by > 0 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, row + by));
    const next = new Map<string, () => number | null>([
      ["ArrowRight", () => step(ahead)],
      ["ArrowLeft", () => step(-ahead)],
      ["Home", () => 0],
      ["End", () => count - 1],
      ["Escape", () => null],
    ]);
    const go = next.get(event.key);
    if (!go || (event.key === "Escape" && row === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    turn(key, go(), scope);
  };
}
