/** What opens when somebody asks for it, or is asked: menus, the list of conversations, questions, reasons. */
import { css } from "lit";

export const panelStyles = css`
  .menu {
    position: absolute;
    z-index: 5;
    min-width: 200px;
    max-width: min(320px, calc(100cqi - 24px));
    max-height: 50vh;
    overflow: auto;
    padding: 6px;
    border: 1px solid var(--_border);
    border-radius: var(--_medium);
    background: var(--_background);
    box-shadow: 0 8px 28px rgb(0 0 0 / 18%);
  }
  header .anchor .menu { inset-block: calc(100% + 4px) auto; width: max-content; }
  .menu button {
    display: flex;
    align-items: center;
    gap: 10px;
    width: 100%;
    min-height: 36px;
    padding: 7px 10px;
    border-radius: var(--_small);
  }
  .menu button:hover, .menu button:focus-visible { background: var(--_hover); }
  .menu button:focus-visible { outline-offset: -2px; }
  .menu button[aria-disabled="true"] { color: var(--_secondary); }
  .menu .label { flex: 1; min-width: 0; }
  .menu .description { display: block; font-size: 0.87em; color: var(--_secondary); }
  .menu .group { padding: 8px 10px 2px; font-size: 0.8em; font-weight: 600; color: var(--_secondary); }
  @media (forced-colors: active) { .menu { border: 1px solid CanvasText; } }

  .why { display: grid; gap: 10px; max-width: 560px; margin-block-start: 8px; padding: 12px 14px; border: 1px solid var(--_border); border-radius: var(--_medium); }
  .why fieldset { margin: 0; padding: 0; border: 0; min-width: 0; }
  .why legend { padding: 0; margin-block-end: 8px; font-weight: 600; }
  .why .field:placeholder-shown { direction: inherit; }
  .why .buttons { display: flex; flex-wrap: wrap; gap: 8px; }
  .why > .buttons { justify-content: flex-end; }
  .why .button { min-height: 32px; padding: 4px 12px; font-size: 0.93em; }
  .why fieldset .button { border-radius: 999px; }
  .why fieldset .button[aria-pressed="true"] { border-color: var(--_primary-text); background: var(--_primary-soft); color: var(--_primary-text); }
  @media (pointer: coarse) { .why .button { min-height: 44px; } }

  .questions { display: flex; flex-direction: column; gap: 14px; padding: 8px; }
  .questions fieldset { margin: 0; padding: 0; border: 0; display: grid; gap: 8px; }
  .questions legend { padding: 0; font-weight: 600; margin-block-end: 6px; }
  .questions .buttons { display: flex; justify-content: flex-end; gap: 8px; }
  .choice { display: flex; align-items: center; gap: 10px; min-height: 40px; padding: 8px 12px; border: 1px solid var(--_border); border-radius: var(--_small); cursor: pointer; }
  .choice:hover { background: var(--_hover); }
  .choice input { accent-color: var(--_primary-solid); width: 18px; height: 18px; margin: 0; flex: none; }
  .answers { display: grid; gap: 8px; padding: 14px 16px; border: 1px solid var(--_border); border-radius: var(--_medium); }
  .answers dt { font-weight: 600; }
  .answers dd { margin: 0; color: var(--_secondary); }

  .history { display: flex; flex-direction: column; flex: 1; min-height: 0; }
  .history .search { position: relative; padding-block: 14px 6px; }
  .history .search .icon { position: absolute; inset-inline-start: 32px; inset-block-start: 25px; color: var(--_secondary); pointer-events: none; }
  @container (max-width: 480px) { .history .search .icon { inset-inline-start: 28px; } }
  .history .search input { padding-inline-start: 40px; }
  .history .list { flex: 1; min-height: 0; overflow-y: auto; padding-block-end: 20px; scrollbar-width: thin; }
  .history h3 { padding: 16px 8px 4px; font-size: 0.8em; font-weight: 600; color: var(--_secondary); }
  .history ul { list-style: none; display: grid; grid-template-columns: minmax(0, 1fr); gap: 2px; }
  .history li { display: flex; align-items: center; gap: 4px; border-radius: var(--_small); padding-inline-end: 4px; }
  .history li:hover, .history li:focus-within { background: var(--_hover); }
  .history li[data-current] { background: var(--_primary-soft); }
  .history .open { flex: 1; min-width: 0; display: flex; align-items: baseline; gap: 12px; min-height: 44px; padding: 8px 12px; border-radius: var(--_small); align-items: center; }
  .history .open .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: -webkit-match-parent; text-align: match-parent; }
  .history .open .name.numbered { display: flex; flex: 0 1 auto; }
  .numbered > span { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .history .open time { flex: none; margin-inline-start: auto; font-size: 0.83em; color: var(--_secondary); }
  .history form, .history .confirm { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; flex: 1; padding: 6px; }
  .history form input { flex: 1; min-width: 140px; }
  .history .confirm p { flex: 1; min-width: 180px; }
  @media (hover: hover) and (pointer: fine) {
    .history li:not(:hover, :focus-within) .icon-button { width: 0; opacity: 0; overflow: hidden; margin-inline-start: -4px; }
    .history li { padding-inline-end: 8px; }
  }
  @container (max-width: 480px) { .history input { font-size: max(16px, 1em); } }
  @media (pointer: coarse) { .menu button, .choice { min-height: 44px; } }
  .share { width: min(520px, calc(100vw - 32px)); max-height: calc(100dvh - 48px); padding: 0; border: 1px solid var(--_border); border-radius: var(--_medium); background: var(--_background); color: var(--_text); box-shadow: 0 12px 40px rgb(0 0 0 / 26%); }
  .share::backdrop { background: rgb(0 0 0 / 45%); }
  .share .inside { display: grid; gap: 14px; padding: 16px 20px 20px; }
  .share header { min-height: 0; padding: 0; border: 0; }
  .share h3 { flex: 1; margin: 0; font-size: 1.0667em; }
  .share h4 { margin: 4px 0 0; font-size: 0.93em; }
  .share .row { display: flex; flex-wrap: wrap; gap: 8px; }
  .share .row .field { flex: 1 1 220px; width: auto; min-width: 0; }
  .share ul { list-style: none; display: grid; gap: 8px; }
  .share li { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 4px 12px; }
  .share li > span { flex: 1 1 160px; }
  .share li .button { min-height: 36px; }
  .share .notice { margin: 0; }
  @media (pointer: coarse) { .share li .button { min-height: 44px; } }
  @media print { .share { display: none; } }
`;
