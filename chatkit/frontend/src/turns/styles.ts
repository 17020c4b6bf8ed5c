/** How versions, questions asked anew and follow-ups look. */
import { css } from "lit";

export const turnStyles = css`
  .versions { display: inline-flex; align-items: center; }
  .versions .count { min-width: 3ch; text-align: center; font-size: 0.87em; font-variant-numeric: tabular-nums; color: var(--_secondary); }
  .versions [aria-disabled="true"] { opacity: 0.35; cursor: default; }
  .own { display: flex; align-items: center; justify-content: flex-end; gap: 2px; }
  @media (hover: hover) and (pointer: fine) {
    .own .icon-button { width: 28px; height: 24px; min-width: 0; min-height: 0; }
    /* A button that is seen under the pointer alone stands in the space between two messages. */
    .own:not(:has(.versions)) { position: absolute; inset-block-start: calc(100% - 3px); inset-inline-end: 0; }
    .user:has(> .own > .icon-button):not(:has(.versions)) > .at { inset-inline-end: 34px; }
  }
  .item.user.edited [part~="user-bubble"] { outline: 2px solid var(--_primary-text); outline-offset: 0; }
  /* The room of a button that is not there. */
  .own > span.icon-button { visibility: hidden; }
  .own [data-edit] { opacity: 0; }
  .item.user:hover .own [data-edit], .item.user:focus-within .own [data-edit] { opacity: 1; }
  @media (hover: none) { .own [data-edit] { opacity: 1; } }
  /* A target of 44 px, half of it in the space between two messages. */
  @media (pointer: coarse) {
    .own { margin-block: -6px -16px; }
    .user:has(> .own > .icon-button):not(:has(.versions)) > .at { inset-block-start: calc(100% - 15px); inset-inline-end: 46px; }
  }
  .follow-ups { display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0 0; padding: 0; list-style: none; }
  .follow-ups li { max-width: 100%; }
  .follow-ups .button { max-width: 100%; min-height: 36px; text-align: start; white-space: normal; overflow-wrap: anywhere; }
  @media (pointer: coarse) { .follow-ups .button { min-height: 44px; } }
  .editing { display: flex; align-items: center; gap: 8px; margin: 0; padding: 6px 10px; font-size: 0.87em; color: var(--_secondary); }
  .editing span { flex: 1; min-width: 0; }
  @media print { .own, .versions, .follow-ups, .editing { display: none; } }
`;
