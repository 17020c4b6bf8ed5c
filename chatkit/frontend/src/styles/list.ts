/** The list of conversations beside the chat. Heights of rows are those of `list/rows.ts`. */
import { css } from "lit";

export const listStyles = css`
  .side, .list { min-height: 0; }
  .list { display: block; height: 100%; }
  .list-box { position: relative; display: flex; flex-direction: column; height: 100%; min-height: 0; background: var(--_background); }
  .list-head { flex: none; display: grid; gap: 8px; padding: 10px 12px 8px; }
  .list-top { flex: none; display: flex; align-items: center; gap: 8px; padding: 8px 8px 0 20px; padding-inline: 20px 8px; }
  .list-top h2 { flex: 1; font-size: 1.0667em; font-weight: 600; }
  .list .new { justify-content: flex-start; gap: 10px; width: 100%; min-height: 40px; padding-inline: 12px; }
  .list-archived { display: flex; align-items: center; gap: 4px; min-height: 40px; font-weight: 600; }
  .list .search { position: relative; }
  .list .search .icon { position: absolute; inset-inline-start: 12px; inset-block-start: calc(50% - 0.625em); color: var(--_secondary); pointer-events: none; }
  .list .search input { padding-inline: 38px 12px; text-overflow: ellipsis; }
  @media (hover: hover) and (pointer: fine) { .list .search input:placeholder-shown:not(:focus) { padding-inline-end: 58px; } }
  .list .search input::-webkit-search-cancel-button {
    appearance: none;
    width: 12px;
    height: 12px;
    margin-inline-start: 8px;
    background: var(--_secondary);
    clip-path: polygon(0 10%, 10% 0, 50% 40%, 90% 0, 100% 10%, 60% 50%, 100% 90%, 90% 100%, 50% 60%, 10% 100%, 0 90%, 40% 50%);
    cursor: pointer;
  }
  .list .search input:placeholder-shown::-webkit-search-cancel-button { display: none; }
  .list .search kbd {
    position: absolute; inset-inline-end: 10px; inset-block-start: calc(50% - 0.75em); padding-inline: 5px;
    border: 1px solid var(--_border); border-radius: 5px; background: var(--_background); color: var(--_secondary);
    font: inherit; font-size: 0.75em; line-height: 1.9; pointer-events: none;
  }
  .list .search input:focus ~ kbd, .list .search input:not(:placeholder-shown) ~ kbd { display: none; }
  .rows { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding-inline: 8px; scrollbar-width: thin; }
  .list .group { height: 2.9412em; padding: 1.1em 8px 0; overflow: hidden; font-size: 0.816em; line-height: 1.6; font-weight: 600; color: var(--_secondary); white-space: nowrap; text-overflow: ellipsis; }
  .list ul { list-style: none; }
  .list li { position: relative; display: flex; align-items: center; height: 4em; border-radius: var(--_small); padding-inline-end: 4px; }
  .list li:hover, .list li:focus-within, .list li[data-menu] { background: var(--_hover); }
  .list li[data-current], .list li[data-picked] { background: var(--_primary-soft); }
  .list li[data-current]::before { content: ""; position: absolute; inset-inline-start: 0; inset-block: 0.9em; width: 3px; border-radius: 3px; background: var(--_primary-text); }
  .list .open { flex: 1; min-width: 0; display: grid; grid-template-columns: minmax(0, 1fr) auto; align-content: center; column-gap: 8px; height: 100%; padding: 0.4em 12px; border-radius: var(--_small); }
  .list .open[role="checkbox"] { grid-template-columns: auto minmax(0, 1fr) auto; }
  .list .tick { grid-row: span 2; align-self: center; margin-inline-end: 4px; }
  .list .line, .list .passage { grid-column-end: -1; grid-column-start: 1; }
  .list .tick ~ .line { grid-column-start: 2; }
  .list .open:focus-visible { outline-offset: -2px; }
  .list .name, .list .line { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  /* Each in its own direction, so that its end is cut; all at the edge of the list's. */
  .list :is(.name, .line) { text-align: -webkit-match-parent; text-align: match-parent; }
  .list .name.numbered { display: flex; justify-self: start; max-width: 100%; }
  .numbered > span { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .list .name { font-weight: 500; line-height: 1.5; }
  .list .line { min-height: 1.6em; font-size: 0.867em; line-height: 1.6; color: var(--_secondary); }
  .list .when { display: flex; align-items: center; font-size: 0.8em; color: var(--_secondary); white-space: nowrap; }
  .list .dot { width: 8px; height: 8px; border-radius: 50%; background: var(--_primary-text); animation: breathe 1.4s ease-in-out infinite; }
  .list .tick { flex: none; display: grid; place-items: center; width: 20px; height: 20px; border: 1px solid var(--_control); border-radius: 5px; }
  .list .tick .icon { width: 16px; height: 16px; }
  .list li[data-picked] .tick { border-color: transparent; background: var(--_primary-solid); color: var(--_on-primary); }
  .list .renaming { padding-inline: 6px; }
  .list .renaming form { flex: 1; }
  .list .hits { padding-block: 8px; }
  .list .hits li { height: auto; min-height: 4em; }
  /* At that edge by its box: see the title in \`frame.ts\`. */
  .list .passage { justify-self: start; text-align: start; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; font-size: 0.867em; line-height: 1.5; color: var(--_secondary); overflow-wrap: anywhere; }
  .list .passage:empty { display: none; }
  .list mark { color: var(--_text); background: var(--_primary-soft); border-radius: 3px; font-weight: 600; }
  .list .waiting { display: grid; gap: 10px; padding: 16px 12px; }
  .list .nothing { display: grid; justify-items: center; gap: 10px; padding: 48px 20px; color: var(--_secondary); text-align: center; }
  .list .nothing .icon { width: 28px; height: 28px; }
  .list .notice { margin: 8px 4px; }
  .list-box > .said { flex: none; display: flex; align-items: center; gap: 8px; margin: 0 8px 8px; padding: 8px 8px 8px 14px; padding-inline: 14px 8px; border: 1px solid var(--_border); border-radius: var(--_medium); background: var(--_raised); font-size: 0.9em; animation: rise 160ms ease-out; }
  .list-box > .said span { flex: 1; min-width: 0; }
  @keyframes rise { from { opacity: 0; transform: translateY(6px); } }
  .list-foot { flex: none; display: flex; align-items: center; gap: 4px; min-height: 52px; padding: 4px 8px max(4px, env(safe-area-inset-bottom, 0px)); border-block-start: 1px solid var(--_border); }
  .list-foot .count { flex: 1; padding-inline-start: 8px; font-weight: 500; }
  .list-foot [aria-disabled="true"] { opacity: 0.5; }
  .foot-button { display: flex; align-items: center; gap: 8px; min-height: 40px; padding: 6px 10px; border-radius: var(--_small); color: var(--_secondary); font-size: 0.9em; }
  .foot-button:hover { background: var(--_hover); color: var(--_text); }
  .foot-button + .foot-button { margin-inline-start: auto; }
  .list-menu .menu { inset-inline-end: 12px; }
  .scrim { position: absolute; inset: 0; z-index: 6; padding: 0; background: rgb(0 0 0 / 40%); cursor: default; animation: dim 180ms ease-out; }
  @keyframes dim { from { opacity: 0; } }
  .list-box.over { position: absolute; z-index: 7; inset-block: 0; inset-inline-start: 0; width: min(320px, 88cqi); box-shadow: 0 8px 28px rgb(0 0 0 / 24%); animation: enter 180ms ease-out; }
  .frame[dir="rtl"] .list-box.over { animation-name: enter-rtl; }
  @keyframes enter { from { transform: translateX(-100%); } }
  @keyframes enter-rtl { from { transform: translateX(100%); } }
  @container (max-width: 859.98px) { .list-box:not(.over) { display: none; } .side { width: 0; } }
  @media (hover: hover) and (pointer: fine) {
    .list li:not(:hover, :focus-within, [data-menu]) .more { position: absolute; opacity: 0; pointer-events: none; inset-inline-end: 4px; }
    .list li:is(:hover, :focus-within, [data-menu]) .when time { display: none; }
  }
  @media (pointer: coarse) { .foot-button { min-height: 44px; } .list .search kbd { display: none; } .list .search input { font-size: max(16px, 1em); } }
  @media (forced-colors: active) {
    .list li[data-current], .list li[data-picked] { outline: 2px solid Highlight; outline-offset: -2px; }
    .list .dot { forced-color-adjust: none; background: Highlight; }
    .list-box.over, .list-box > .said { border: 1px solid CanvasText; }
  }
  [data-found] { border-radius: var(--_medium); animation: found 2.4s ease-out; }
  [data-found]:focus { outline: none; }
  @keyframes found { from { box-shadow: 0 0 0 8px var(--_primary-soft); background: var(--_primary-soft); } }
  ::highlight(chatkit-found) { background-color: var(--_primary-soft); color: var(--_text); }
`;
