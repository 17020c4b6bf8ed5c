/** The composer, and what stands above and below it. */
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
  textarea.input::placeholder { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--_secondary); opacity: 1; }
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
    .composer-row { gap: 2px; }
    textarea.input { padding-inline: 4px; font-size: max(16px, 1em); }
    /* Room for the text where there is a camera: "@" is a key as well, and photographs are taken before one writes. */
    .camera ~ [part="name-button"], .camera:has(~ .writing textarea:not(:placeholder-shown)) { display: none; }
  }
  @container (max-width: 360px) { .composer-box { padding: 6px 4px; } }
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
  @media (pointer: coarse) { .field { min-height: 44px; font-size: max(16px, 1em); } }
`;
