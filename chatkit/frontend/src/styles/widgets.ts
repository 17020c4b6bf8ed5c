/** Widgets that the server sends. A row breaks where not even the longest words of its parts fit beside each other. */
import { css } from "lit";

export const widgetStyles = css`
  .widget { display: flex; flex-direction: column; min-width: 0; overflow-wrap: break-word; transition: opacity 150ms; }
  .widget[aria-busy="true"] { opacity: 0.55; pointer-events: none; }
  .card {
    display: flex;
    flex-direction: column;
    gap: 12px;
    width: 100%;
    max-width: 480px;
    padding: 16px;
    border: 1px solid var(--_border);
    border-radius: var(--_medium);
    background: var(--_background);
    box-shadow: 0 2px 10px rgb(0 0 0 / 5%);
    overflow: auto hidden;
  }
  .card.size-sm { max-width: 360px; }
  .card.size-lg { max-width: 600px; }
  .card.size-full { max-width: none; }
  .card-actions { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-block-start: 4px; }
  .w-box { gap: 8px; }
  .w-row { flex-wrap: wrap; }
  .w-row > * { max-width: 100%; }
  .w-row > .fluid { flex: 1000 1 min-content; max-width: max-content; }
  .w-row > .cut { flex: 1000 1 6em; min-width: 0; max-width: max-content; }
  .w-row > .field { flex: 1 1 7em; width: auto; }
  .w-row > .w-markdown { flex: 1000 1 12em; }
  .w-column, .w-column > .cut { min-width: 0; }
  .w-spacer { flex: 1; }
  .w-divider { width: 100%; margin: 4px 0; border: 0; border-block-start: 1px solid var(--_border); }
  .w-row > .w-divider { flex: none; align-self: stretch; width: 0; height: auto; margin: 0 4px; border-block-start: 0; border-inline-start: 1px solid var(--_border); }
  .w-divider.flush { width: auto; margin-inline: -16px; }
  .w-title { font-weight: 600; line-height: 1.3; }
  .w-title.size-sm { font-size: 1em; } .w-title.size-md { font-size: 1.13em; } .w-title.size-lg { font-size: 1.27em; }
  .w-title.size-xl { font-size: 1.4em; } .w-title.size-2xl { font-size: 1.6em; } .w-title.size-3xl { font-size: 1.9em; }
  .w-title.size-4xl { font-size: 2.3em; } .w-title.size-5xl { font-size: 2.8em; }
  .w-text { white-space: pre-wrap; }
  .w-text.size-xs { font-size: 0.8em; } .w-text.size-sm { font-size: 0.9em; } .w-text.size-lg { font-size: 1.13em; } .w-text.size-xl { font-size: 1.27em; }
  .w-caption { color: var(--_secondary); font-size: 0.87em; }
  .w-caption.size-sm { font-size: 0.8em; } .w-caption.size-lg { font-size: 0.93em; }
  .truncate { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .clamp { display: -webkit-box; -webkit-box-orient: vertical; overflow: hidden; }
  .w-badge { display: inline-flex; width: fit-content; align-items: center; padding: 1px 8px; border-radius: 6px; font-size: 0.8em; font-weight: 500; background: var(--_hover); color: var(--_text); }
  .w-badge.outline { background: none; border: 1px solid currentColor; }
  .w-badge.size-md { font-size: 0.87em; } .w-badge.size-lg { font-size: 0.93em; }
  .w-badge.tone-success { background: var(--_success-soft); color: var(--_success-text); }
  .w-badge.tone-danger { background: var(--_danger-soft); color: var(--_danger-text); }
  .w-badge.tone-warning { background: var(--_warning-soft); color: var(--_warning-text); }
  .w-badge.tone-info { background: var(--_info-soft); color: var(--_info-text); }
  .w-badge.tone-discovery { background: var(--_primary-soft); color: var(--_primary-text); }
  .pill-shape { border-radius: 999px !important; }
  .w-icon { display: inline-flex; flex: none; font-size: 0.9em; }
  .w-icon.size-xs { font-size: 0.65em; } .w-icon.size-sm { font-size: 0.8em; } .w-icon.size-lg { font-size: 1.1em; }
  .w-icon.size-xl { font-size: 1.35em; } .w-icon.size-2xl { font-size: 1.7em; } .w-icon.size-3xl { font-size: 2.2em; }
  .w-image { display: block; max-width: 100%; min-width: 0; border-radius: var(--_small); }
  .w-image.missing { display: flex; align-items: center; justify-content: center; flex: none; background: var(--_hover); color: var(--_secondary); }
  .w-image.framed { border: 1px solid var(--_border); }
  .w-button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 36px;
    padding: 6px 14px;
    border: 1px solid var(--_control);
    border-radius: var(--_small);
    background: var(--_background);
    font-weight: 500;
    line-height: 1.35;
    text-align: start;
    transition: background-color 150ms;
  }
  .w-button:hover { background: var(--_hover); }
  .w-button.soft { border-color: transparent; background: var(--_primary-soft); color: var(--_primary-text); }
  .w-button.ghost { border-color: transparent; background: none; color: var(--_primary-text); }
  .w-button.ghost:hover, .w-button.soft:hover { background: var(--_hover); }
  .w-button.solid { border-color: transparent; background: var(--_primary-solid); color: var(--_on-primary); }
  .w-button.solid:hover { background: var(--_primary-solid-hover); }
  .w-button.solid.tone-secondary { background: var(--_hover); color: var(--_text); }
  .w-button.tone-danger:not(.solid) { color: var(--_danger-text); border-color: var(--_danger-text); }
  .w-button.tone-danger.solid { background: var(--_danger-soft); color: var(--_danger-text); }
  .w-button.tone-success.solid { background: var(--_success-soft); color: var(--_success-text); }
  .w-button.tone-warning.solid, .w-button.tone-caution.solid { background: var(--_warning-soft); color: var(--_warning-text); }
  .w-button.tone-info.solid { background: var(--_info-soft); color: var(--_info-text); }
  .w-button.block, .w-select.block { display: flex; width: 100%; }
  .w-button.uniform { padding-inline: 0; aspect-ratio: 1; }
  .w-button.size-3xs, .w-button.size-2xs, .w-button.size-xs, .w-button.size-sm { min-height: 30px; padding: 3px 10px; font-size: 0.93em; }
  .w-button.size-lg, .w-button.size-xl, .w-button.size-2xl, .w-button.size-3xl { min-height: 44px; padding: 10px 18px; }
  .w-button[aria-disabled="true"] { opacity: 0.55; cursor: default; }
  .w-button .icon { width: 1.15em; height: 1.15em; }
  .w-label { font-weight: 500; font-size: 0.93em; }
  .w-select { position: relative; display: inline-flex; min-width: 160px; }
  .w-select select { appearance: none; padding-inline-end: 36px; cursor: pointer; }
  .w-select > .icon { position: absolute; inset-inline-end: 12px; inset-block-start: calc(50% - 0.6em); width: 1.2em; height: 1.2em; pointer-events: none; color: var(--_secondary); }
  .w-date { width: fit-content; }
  .w-check { display: inline-flex; align-items: center; gap: 10px; min-height: 32px; cursor: pointer; }
  .w-check input { width: 18px; height: 18px; margin: 0; accent-color: var(--_primary-solid); }
  .w-radios { display: flex; flex-wrap: wrap; gap: 4px 18px; }
  .w-radios.col { flex-direction: column; }
  .w-form { gap: 12px; }
  .w-status { display: flex; align-items: center; gap: 8px; color: var(--_secondary); font-size: 0.87em; }
  .list-view.card { gap: 0; padding: 6px; max-width: 560px; }
  .list-view ul { list-style: none; }
  .list-item { width: 100%; padding: 10px 12px; border-radius: var(--_small); min-height: 44px; }
  :is(button.list-item, .cover):not([aria-disabled="true"]):hover { background: var(--_hover); }
  .list-item.over { position: relative; }
  .cover { position: absolute; inset: 0; border-radius: inherit; }
  .list-item.over > :not(.cover) { position: relative; pointer-events: none; }
  .list-item.over :is(a, button, input, label, select, textarea, [tabindex]) { pointer-events: auto; }
  .list-view.card .w-status { padding: 6px 12px; }
  .table .end { text-align: end; }
  @media (forced-colors: active) { .card { border: 1px solid CanvasText; } }
  @media (pointer: coarse) { .w-button, .w-check { min-height: 44px !important; } }
`;
