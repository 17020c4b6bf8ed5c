/** How dictation looks. The sheet comes with the part that needs it. */
const SHEET = `
  .voice { display: flex; align-items: center; gap: 8px; min-height: 44px; padding-inline: 2px; }
  .voice .said { flex: 1; min-width: 0; font-size: 0.93em; color: var(--_secondary); overflow-wrap: anywhere; }
  .voice[data-phase="failed"] { flex-wrap: wrap; justify-content: flex-end; padding-inline-start: 8px; }
  .voice[data-phase="failed"] .said { color: var(--_text); flex-basis: 240px; }
  .voice .sign { color: var(--_danger-text); }
  .voice .meter { flex: 1; display: flex; align-items: center; justify-content: space-between; gap: 2px; min-width: 0; height: 32px; overflow: hidden; direction: ltr; }
  .voice .meter i { --level: 0; flex: 1; max-width: 5px; min-width: 2px; height: calc(4px + 28px * var(--level)); border-radius: 3px; background: var(--_primary-text); }
  .voice[data-phase="paused"] .meter { opacity: 0.4; }
  .voice .time { flex: none; min-width: 4ch; font-variant-numeric: tabular-nums; font-size: 0.93em; color: var(--_secondary); text-align: end; }
  .voice .time.ending { color: var(--_danger-text); font-weight: 600; }
  .voice [hidden] { display: none; }
  .voice .icon-button { color: var(--_text); }
  @media (prefers-reduced-motion: reduce) { .voice .meter i { height: calc(8px + 12px * var(--level)); opacity: calc(0.3 + 0.7 * var(--level)); } }
  @media (forced-colors: active) { .voice .meter i { background: CanvasText; } }
  @media print { .voice { display: none; } }
`;

export function adoptStyles(root: ParentNode): void {
  if (!(root instanceof ShadowRoot)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
