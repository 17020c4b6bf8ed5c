/** Added to the element's styles when the menus come. */
export const SHEET = `
.suggest {
  position: absolute; z-index: 6; inset-inline: 0; inset-block-end: calc(100% + 8px);
  max-height: 320px; overflow: auto; overscroll-behavior: contain; padding: 6px;
  border: 1px solid var(--_border); border-radius: var(--_medium);
  background: var(--_background); box-shadow: 0 8px 28px rgb(0 0 0 / 18%); scrollbar-width: thin;
}
.suggest[hidden], .preview[hidden] { display: none; }
.suggest .group { padding: 8px 10px 2px; font-size: 0.8em; font-weight: 600; color: var(--_secondary); text-align: start; }
.suggest .option, .suggest .up {
  display: flex; align-items: center; gap: 10px; width: 100%; min-height: 40px; padding: 7px 10px;
  border-radius: var(--_small); cursor: pointer; text-align: start;
}
.suggest .up { font-weight: 600; }
.suggest .option[aria-selected="true"], .suggest .up:hover { background: var(--_hover); }
.suggest .option[aria-selected="true"] { box-shadow: inset 0 0 0 2px var(--_focus); }
.suggest .option[aria-busy="true"] { opacity: 0.6; }
.suggest .icon { flex: none; color: var(--_secondary); }
.suggest .label { display: block; flex: 1; min-width: 0; }
.suggest .name, .suggest .description { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: start; }
.suggest .description { font-size: 0.87em; color: var(--_secondary); }
.suggest .note { padding: 8px 10px; color: var(--_secondary); }
.marks {
  position: absolute; inset: 0; box-sizing: border-box; overflow: hidden; pointer-events: none;
  padding: 6px 10px; line-height: 24px; color: transparent; white-space: pre-wrap; overflow-wrap: break-word;
  unicode-bidi: plaintext; text-align: start;
}
.marks mark { color: transparent; border-radius: 5px; background: var(--_primary-soft); box-shadow: 0 0 0 2px var(--_primary-soft); }
.marks .field-name { background: none; box-shadow: 0 0 0 1px var(--_control); }
.preview {
  position: absolute; z-index: 7; max-width: min(320px, calc(100% - 16px)); padding: 12px 14px; pointer-events: none;
  border: 1px solid var(--_border); border-radius: var(--_medium); background: var(--_background);
  box-shadow: 0 8px 28px rgb(0 0 0 / 18%); overflow-wrap: anywhere;
}
@media (pointer: coarse) {
  .suggest .option, .suggest .up { min-height: 48px; }
  .marks { font-size: max(16px, 1em); padding-block: 10px; }
}
@container (max-width: 480px) { .marks { padding-inline: 4px; font-size: max(16px, 1em); } }
@media (forced-colors: active) {
  .suggest, .preview { border: 1px solid CanvasText; }
  .suggest .option[aria-selected="true"] { forced-color-adjust: none; background: Highlight; color: HighlightText; }
  .marks mark { forced-color-adjust: none; background: none; box-shadow: 0 0 0 1px Highlight; }
}
@media print { .suggest, .preview { display: none; } }
`;
