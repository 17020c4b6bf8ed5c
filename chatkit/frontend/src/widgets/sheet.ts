/** How charts look, and controls that are asked to look otherwise than by themselves. It comes with what draws widgets. */
import { css } from "lit";
import { adopt } from "../adopt";
import { widgetStyles } from "../styles/widgets";

const sheet = css`
  .w-chart { display: flex; flex-direction: column; gap: 8px; margin: 0; min-width: 0; font-size: 0.8em; line-height: 1.4; }
  .w-chart-plot { position: relative; display: flex; flex: 1; min-height: 48px; margin-block-start: 8px; }
  .w-chart-area { position: relative; flex: 1; min-width: 0; border-radius: 4px; touch-action: pan-y; }
  .w-chart:not([data-high]) .w-chart-plot { flex-basis: 180px; }
  .w-chart-drawing { position: absolute; inset: 0; overflow: visible; }
  [dir="rtl"] .w-chart-drawing { transform: scaleX(-1); }
  .w-chart-drawing svg { overflow: visible; }
  .w-chart .grid { stroke: var(--_border); stroke-width: 1px; shape-rendering: crispEdges; }
  .w-chart .zero { stroke: var(--_control); }
  .w-chart .shown { fill: var(--_text); fill-opacity: 0.07; }
  .w-chart .line { fill: none; stroke-width: 2px; stroke-linejoin: round; stroke-linecap: round; }
  .w-chart .area { fill-opacity: 0.22; }
  .w-chart .dot { stroke: var(--_background); stroke-width: 2px; }
  .w-chart-values { position: relative; flex: none; width: 44px; color: var(--_secondary); font-variant-numeric: tabular-nums; }
  .w-chart-values span { position: absolute; inset-inline-end: 8px; translate: 0 50%; line-height: 1; white-space: nowrap; }
  .w-chart-names { position: relative; flex: none; height: 1.4em; margin-inline-start: 44px; color: var(--_secondary); }
  .w-chart-names.bare { margin-inline-start: 0; }
  .w-chart-names span { position: absolute; translate: -50%; overflow: hidden; padding-inline: 2px; text-align: center; text-overflow: ellipsis; white-space: nowrap; }
  [dir="rtl"] .w-chart-names span { translate: 50%; }
  .w-chart-legend { display: flex; flex-wrap: wrap; justify-content: center; gap: 4px 16px; }
  .w-chart-legend > span, .w-chart-line { display: flex; align-items: center; gap: 6px; min-width: 0; }
  .w-chart-swatch { flex: none; width: 10px; height: 10px; border-radius: 3px; forced-color-adjust: none; }
  .w-chart-swatch.line { height: 3px; }
  .w-chart-tip-place { position: absolute; inset: 0; pointer-events: none; }
  .w-chart-plot:not(.bare) .w-chart-tip-place { inset-inline-start: 44px; }
  .w-chart-tip { position: absolute; z-index: 1; inset-block-start: 0; display: grid; gap: 2px; max-width: 70%; margin-inline: 12px; padding: 8px 10px; border: 1px solid var(--_border); border-radius: var(--_small); background: var(--_background); box-shadow: 0 4px 14px rgb(0 0 0 / 16%); }
  .w-chart-line bdi { margin-inline-start: auto; padding-inline-start: 12px; font-weight: 600; font-variant-numeric: tabular-nums; }
  .w-figures summary { width: fit-content; min-height: 24px; padding: 2px 6px; border-radius: var(--_small); color: var(--_secondary); font-size: 0.8em; cursor: pointer; }
  .w-figures[open] summary { margin-block-end: 6px; }
  .w-figures summary:hover { background: var(--_hover); }
  @media (pointer: coarse) { .w-figures summary { min-height: 44px; padding-block: 12px; } }
  @media (forced-colors: active) { .w-chart .bar, .w-chart .line, .w-chart .area, .w-chart .dot { forced-color-adjust: none; } }

  [data-theme] { color: var(--_text); }
  .w-status img { width: 16px; height: 16px; border-radius: 4px; object-fit: cover; }
  .w-status img.framed { padding: 1px; border: 1px solid var(--_border); background: #fff; }
  .w-image.flush { max-width: calc(100% + 32px); margin-inline: -16px; border-radius: 0; }
  .card > .w-image.flush { width: calc(100% + 32px); }
  .w-transition { display: contents; }
  @media (prefers-reduced-motion: no-preference) { .w-transition > * { animation: w-appear 250ms ease-out; } }
  @media (prefers-reduced-motion: no-preference) { .w-piece { animation: w-show 250ms ease-out; } }
  @keyframes w-show { from { opacity: 0; } }
  @keyframes w-appear { from { opacity: 0; translate: 0 6px; } }

  :is(.w-button, .w-badge).tone-success { --_tone: var(--_success-text); --_tone-soft: var(--_success-soft); }
  :is(.w-button, .w-badge).tone-info { --_tone: var(--_info-text); --_tone-soft: var(--_info-soft); }
  :is(.w-button, .w-badge).tone-discovery { --_tone: var(--_primary-text); --_tone-soft: var(--_primary-soft); }
  :is(.w-button, .w-badge):is(.tone-warning, .tone-caution) { --_tone: var(--_warning-text); --_tone-soft: var(--_warning-soft); }
  :is(.w-button, .w-badge).tone-danger { --_tone: var(--_danger-text); --_tone-soft: var(--_danger-soft); }
  :is(.w-button, .w-badge).tone-secondary { --_tone: var(--_text); --_tone-soft: var(--_hover); }
  .w-button:not(.tone-primary, .solid) { color: var(--_tone); }
  .w-button.outline:not(.tone-primary, .tone-secondary) { border-color: currentColor; }
  .w-button.soft:not(.tone-primary) { border-color: transparent; background: var(--_tone-soft); }
  .w-button.ghost.tone-danger { border-color: transparent; }
  .w-button.solid:not(.tone-primary, .tone-secondary), .w-badge.solid:not(.tone-secondary) { background: var(--_tone); color: var(--_background); }
  .w-badge.solid.tone-secondary { background: var(--_secondary); color: var(--_background); }
  .w-badge.outline { background: none; }
  .w-button.sized { min-height: var(--_height); padding-block: 0; font-size: var(--_letters); }
  .w-button.icon-sm .icon { width: 0.95em; height: 0.95em; } .w-button.icon-md .icon { width: 1.15em; height: 1.15em; }
  .w-button.icon-lg .icon { width: 1.35em; height: 1.35em; } .w-button.icon-xl .icon { width: 1.6em; height: 1.6em; }
  .w-button.icon-2xl .icon { width: 1.9em; height: 1.9em; }

  .field.sized { font-size: var(--_letters); }
  .field.sized:not(textarea) { min-height: var(--_height); padding-block: 0; }
  .field.soft { border-color: transparent; background: var(--_hover); }
  .field.solid { border-color: transparent; background: var(--_raised); }
  .field.ghost { border-color: transparent; background: none; }
  .field:is(.soft, .solid, .ghost):hover { border-color: var(--_control); }
  .w-select, .w-date { position: relative; max-width: 100%; }
  .w-select.searched { flex-wrap: wrap; gap: 4px; }
  .w-select.searched > .icon { inset-block: auto 12px; }
  .w-select.clears select { padding-inline-end: 64px; }
  .w-date { display: inline-flex; width: fit-content; min-width: 170px; }
  .w-date.block { display: flex; width: 100%; }
  .w-date.clears input { padding-inline-end: 40px; }
  .w-date.hinted[data-empty]:not(:focus-within) input { color: transparent; }
  .w-date .hint { position: absolute; inset-block: 0; inset-inline: 13px 40px; display: none; align-items: center; overflow: hidden; color: var(--_secondary); white-space: nowrap; pointer-events: none; }
  .w-date[data-empty]:not(:focus-within) .hint { display: flex; }
  .w-clear { position: absolute; inset-block-end: calc(50% - 14px); inset-inline-end: 8px; display: grid; place-items: center; width: 28px; height: 28px; border-radius: 50%; color: var(--_secondary); }
  .w-select .w-clear { inset-inline-end: 34px; }
  .w-select.searched .w-clear { inset-block-end: 6px; }
  .w-waits { display: inline-grid; color: var(--_secondary); }
  .w-select .w-waits { position: absolute; inset-block-end: calc(50% - 0.6em); inset-inline-end: 12px; pointer-events: none; }
  :is(.w-form, .list-item, .cover)[aria-busy="true"] { opacity: 0.55; }
  .w-clear:hover { background: var(--_hover); }
  .w-clear .icon { width: 1em; height: 1em; }
  [data-empty] > .w-clear { display: none; }
  @media (pointer: coarse) { .field.sized:not(textarea) { min-height: 44px; } .field.sized { font-size: max(16px, var(--_letters)); } }
  @media print { .w-figures::details-content { content-visibility: visible; } .w-clear { display: none; } }
`;

export function adoptStyles(root: ParentNode): void {
  adopt(root, widgetStyles, sheet);
}
