/** The composer, what stands above and below it, and the history. */
import { css } from "lit";

export const composerStyles = css`
  footer { flex: none; padding-block: 4px max(14px, env(safe-area-inset-bottom, 0px)); }
  footer .column { display: flex; flex-direction: column; gap: 8px; }
  .composer-box {
    position: relative;
    display: flex;
    flex-direction: column;
    gap: 4px;
    padding: 8px;
    border: 1px solid var(--_control);
    border-radius: min(var(--_radius), 24px);
    background: var(--_background);
    box-shadow: 0 2px 10px rgb(0 0 0 / 6%);
    transition: border-color 150ms, box-shadow 150ms;
  }
  .composer-box:focus-within { border-color: var(--_focus); box-shadow: 0 0 0 1px var(--_focus), 0 2px 10px rgb(0 0 0 / 6%); }
  .composer-box.locked { background: var(--_raised); }
  .composer-row { display: flex; align-items: flex-end; gap: 6px; }
  .composer-tools { display: flex; flex-wrap: wrap; align-items: center; gap: 4px; min-width: 0; }
  .spacer { flex: 1; }
  .writing { position: relative; flex: 1; min-width: 0; }
  textarea.input {
    position: relative;
    display: block;
    width: 100%;
    min-height: 36px;
    max-height: min(220px, 40vh);
    padding: 6px 10px;
    border: 0;
    background: none;
    resize: none;
    outline: none;
    line-height: 24px;
    overflow-y: auto;
    scrollbar-width: thin;
    unicode-bidi: plaintext;
    field-sizing: content;
  }
  textarea.input::placeholder { color: var(--_secondary); opacity: 1; }
  textarea.input:disabled { cursor: not-allowed; }
  .send {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    flex: none;
    width: 36px;
    height: 36px;
    padding: 0;
    border-radius: min(var(--_radius), 18px);
    background: var(--_primary-solid);
    color: var(--_on-primary);
    transition: background-color 150ms;
  }
  .send:hover { background: var(--_primary-solid-hover); }
  .send[aria-disabled="true"] { background: var(--_hover); color: var(--_secondary); }
  .send .filled-square .icon { fill: currentColor; width: 14px; height: 14px; }
  .pill { display: inline-flex; align-items: center; gap: 6px; min-height: 36px; padding: 4px 12px; border-radius: 999px; font-size: 0.93em; color: var(--_secondary); }
  .pill:hover { background: var(--_hover); color: var(--_text); }
  .pill[aria-pressed="true"], .pill.chosen { background: var(--_primary-soft); color: var(--_primary-text); }
  .pill .icon { width: 1.1em; height: 1.1em; }
  .anchor { position: relative; display: inline-flex; }
  .anchor .menu { inset-block-end: calc(100% + 8px); inset-inline-start: 0; }
  .anchor.end .menu { inset-inline: auto 0; }
  .composer-quote { display: flex; align-items: flex-start; gap: 8px; padding: 6px 10px; border-radius: var(--_small); background: var(--_raised); font-size: 0.93em; }
  .composer-quote .quote { flex: 1; max-width: none; border: 0; padding: 0; }
  .disclaimer { padding-inline: 8px; text-align: center; font-size: 0.83em; color: var(--_secondary); }
  .disclaimer.high { color: var(--_text); }
  .closed { padding: 14px 18px; border-radius: var(--_medium); background: var(--_raised); text-align: center; color: var(--_secondary); }
  .banner { display: flex; align-items: center; gap: 8px; justify-content: center; min-height: 32px; font-size: 0.93em; color: var(--_secondary); }
  @media (pointer: coarse) {
    .send { width: 44px; height: 44px; border-radius: min(var(--_radius), 22px); }
    textarea.input { font-size: max(16px, 1em); min-height: 44px; padding-block: 10px; }
    .pill { min-height: 44px; }
  }
  @container (max-width: 480px) {
    textarea.input, .history input { font-size: max(16px, 1em); }
    /* Room for the text where there is a camera: "@" is a key as well, and photographs are taken before one writes. */
    .camera ~ [part="name-button"], .camera:has(~ .writing textarea:not(:placeholder-shown)) { display: none; }
  }
  @container (max-width: 360px) { .composer-box { padding: 6px 4px; } .composer-row { gap: 2px; } textarea.input { padding-inline: 4px; } }

  .questions { display: flex; flex-direction: column; gap: 14px; padding: 8px; }
  .questions fieldset { margin: 0; padding: 0; border: 0; display: grid; gap: 8px; }
  .questions legend { padding: 0; font-weight: 600; margin-block-end: 6px; }
  .questions .buttons { display: flex; justify-content: flex-end; gap: 8px; }
  .choice { display: flex; align-items: center; gap: 10px; min-height: 40px; padding: 8px 12px; border: 1px solid var(--_border); border-radius: var(--_small); cursor: pointer; }
  .choice:hover { background: var(--_hover); }
  .choice input { accent-color: var(--_primary-solid); width: 18px; height: 18px; margin: 0; flex: none; }
  .field {
    width: 100%;
    min-height: 40px;
    padding: 8px 12px;
    border: 1px solid var(--_control);
    border-radius: var(--_small);
    background: var(--_background);
    line-height: 1.4;
  }
  .field::placeholder { color: var(--_secondary); opacity: 1; }
  @media (pointer: coarse) { .field, .choice { min-height: 44px; } .field { font-size: max(16px, 1em); } }
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
  .history .open .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .history .open time { flex: none; font-size: 0.83em; color: var(--_secondary); }
  .history form, .history .confirm { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; flex: 1; padding: 6px; }
  .history form input { flex: 1; min-width: 140px; }
  .history .confirm p { flex: 1; min-width: 180px; }
  @media (hover: hover) and (pointer: fine) {
    .history li:not(:hover, :focus-within) .icon-button { width: 0; opacity: 0; overflow: hidden; margin-inline-start: -4px; }
    .history li { padding-inline-end: 8px; }
  }
`;
