/** The frame: header, scrolling middle, footer, and what all of them share. */
import { css } from "lit";

export const frameStyles = css`
  :host {
    display: block;
    box-sizing: border-box;
    height: 100%;
    min-height: 240px;
    contain: layout style;
  }
  :host([hidden]) { display: none; }
  *, *::before, *::after { box-sizing: border-box; }
  .frame {
    position: relative;
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
    container-type: inline-size;
    padding-block-end: var(--_keyboard, 0px);
    border-radius: var(--_frame-radius);
    background: var(--_background);
    color: var(--_text);
    font: 400 var(--_size, 15px) / 1.55 var(--_font);
    text-align: start;
    -webkit-text-size-adjust: 100%;
    --_s: calc(4px * var(--_gap, 1));
    --_small: min(var(--_radius), 8px);
    --_medium: min(var(--_radius), 14px);
  }
  .probe, .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    padding: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
    border: 0;
  }
  button, input, textarea, select { font: inherit; color: inherit; letter-spacing: inherit; }
  button { margin: 0; border: 0; background: none; cursor: pointer; text-align: inherit; -webkit-tap-highlight-color: transparent; }
  button[aria-disabled="true"], button:disabled { cursor: default; }
  h2, h3, h4, h5, h6, p { margin: 0; }
  ul, ol { margin: 0; padding: 0; }
  :focus-visible { outline: 2px solid var(--_focus); outline-offset: 2px; }
  :focus:not(:focus-visible), .frame:focus { outline: none; }
  .icon { display: block; flex: none; width: 1.25em; height: 1.25em; }
  .icon.filled { fill: currentColor; }
  .frame[dir="rtl"] .icon.mirrored { transform: scaleX(-1); }

  .icon-button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    flex: none;
    width: 36px;
    height: 36px;
    padding: 0;
    border-radius: var(--_small);
    color: var(--_secondary);
    transition: background-color 150ms, color 150ms;
  }
  .icon-button:hover { background: var(--_hover); color: var(--_text); }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 36px;
    padding: 6px 14px;
    border-radius: var(--_small);
    font-weight: 500;
    line-height: 1.4;
    border: 1px solid var(--_control);
    background: var(--_background);
    transition: background-color 150ms;
  }
  .button:hover { background: var(--_hover); }
  .button[aria-disabled="true"] { opacity: 0.6; }
  .button.primary { border-color: transparent; background: var(--_primary-solid); color: var(--_on-primary); }
  .button.primary:hover { background: var(--_primary-solid-hover); }
  .button.danger { border-color: transparent; background: var(--_danger-soft); color: var(--_danger-text); }

  header {
    display: flex;
    align-items: center;
    gap: 4px;
    flex: none;
    min-height: 56px;
    padding: 8px 12px;
    border-block-end: 1px solid var(--_border);
  }
  header .title {
    flex: 1;
    min-width: 0;
    padding-inline: 8px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 1.0667em;
    font-weight: 600;
  }
  /* In its own direction, so that its end is cut; at the edge of the page's. */
  header .title bdi { display: block; overflow: hidden; text-overflow: ellipsis; text-align: -webkit-match-parent; text-align: match-parent; }
  @container (max-width: 480px) {
    /* Beside four buttons, one line has no more than two words. Chromium draws no dots at the end of
       lines that stand at the other edge than their direction's: so the box stands there. */
    header .title bdi { width: fit-content; max-width: 100%; text-align: start; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; white-space: normal; overflow-wrap: anywhere; font-size: 0.8667em; line-height: 18px; }
  }
  header .icon-button[aria-pressed="true"] { background: var(--_hover); color: var(--_primary-text, inherit); }
  .temporary {
    display: flex;
    align-items: center;
    gap: 8px;
    flex: none;
    margin: 0;
    padding: 8px 20px;
    border-block-end: 1px solid var(--_border);
    background: var(--_hover);
    font-size: 0.8667em;
  }
  .temporary svg { flex: none; width: 16px; height: 16px; }
  .stage { flex: 1; min-height: 0; display: flex; flex-direction: column; }
  .beside { flex: 1; min-height: 0; display: flex; }
  .chat { position: relative; flex: 1; min-width: 0; display: flex; flex-direction: column; }
  @container (min-width: 860px) {
    .side { flex: none; width: 280px; border-inline-end: 1px solid var(--_border); }
    .side + .chat :is([data-history], [data-new]) { display: none; }
  }
  .body { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
  .column { width: 100%; max-width: 792px; margin-inline: auto; padding-inline: 20px; }
  @container (max-width: 480px) { .column { padding-inline: 16px; } }

  .skeleton { display: block; height: 14px; border-radius: 7px; background: var(--_hover); animation: breathe 1.4s ease-in-out infinite; }
  .skeleton.short { width: 38%; }
  .skeleton.wide { width: 92%; }
  .skeleton.bubble { width: 46%; height: 44px; border-radius: var(--_medium); margin-inline-start: auto; }
  @keyframes breathe { 50% { opacity: 0.45; } }
  .spin { animation: spin 1s linear infinite; }
  @keyframes spin { to { transform: rotate(1turn); } }

  /* In a short window, or box, the bars close up. */
  :host([data-short]) header { min-height: 44px; padding-block: 0; }
  :host([data-short]) footer { padding-block: 2px max(4px, env(safe-area-inset-bottom, 0px)); }
  :host([data-short]) footer .column { gap: 4px; }
  :host([data-short]) .composer-box { padding: 4px; }
  :host([data-short]) textarea.input { max-height: 64px; }
  :host([data-short]) .start { padding-block: 8px; }
  :host([data-short]) .stage[data-middle] { padding-block: 8px; }
  :host([data-short]) .greeting { font-size: 1.2em; }
  :host([data-short]) .log { padding-block: 8px; }
  :host([data-short]) .disclaimer { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

  @media (pointer: coarse) {
    .icon-button { width: 44px; height: 44px; }
    .button { min-height: 44px; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
  }
  @media (forced-colors: active) {
    .button, .composer-box, .prompt, .user .bubble { border: 1px solid CanvasText; }
    .icon-button[aria-pressed="true"], .button.primary, .send { forced-color-adjust: none; background: Highlight; color: HighlightText; }
    :focus-visible { outline-color: Highlight; }
  }
`;
