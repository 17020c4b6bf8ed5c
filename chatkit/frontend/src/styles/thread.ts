/** The log of messages and all that hangs on it. */
import { css } from "lit";

export const threadStyles = css`
  .scroller {
    flex: 1;
    min-height: 0;
    overflow-x: hidden;
    overflow-y: auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--_border) transparent;
  }
  .scroller:focus-visible { outline-offset: -2px; }
  /* A cluster of marks may be wider than any line. */
  .scroller > .column { overflow-x: clip; }
  .log { display: flex; flex-direction: column; gap: calc(var(--_s) * 5); padding-block: calc(var(--_s) * 5) calc(var(--_s) * 6); }
  .item { position: relative; min-width: 0; overflow-wrap: anywhere; }
  .at { position: absolute; inset-block-start: 100%; inset-inline-end: 4px; color: var(--_secondary); font-size: 0.75em; line-height: 18px; white-space: nowrap; opacity: 0; pointer-events: none; transition: opacity 150ms; }
  .assistant > .at { inset-inline: 0 auto; }
  .item:hover > .at, .item:focus-within > .at { opacity: 1; }
  .pinned { position: absolute; z-index: 2; inset-block-start: 0; inset-inline: 0; padding-block: 8px; border-block-end: 1px solid var(--_border); background: var(--_background); }
  .pinned button { display: block; max-width: min(82%, 600px); margin-inline-start: auto; padding: 6px 14px; border-radius: var(--_medium); background: var(--_bubble); color: var(--_bubble-text); font-size: 0.93em; line-height: 1.4; }
  .pinned .words { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; }
  .pinned + .scroller { scroll-padding-block-start: 72px; }
  :host([data-short]) .pinned { padding-block: 2px; }
  :host([data-short]) .pinned .words { -webkit-line-clamp: 1; }
  .user { display: flex; flex-direction: column; align-items: flex-end; gap: 6px; }
  .user .bubble {
    max-width: min(82%, 600px);
    padding: 10px 16px;
    border-radius: var(--_medium);
    border-end-end-radius: min(var(--_radius), 4px);
    background: var(--_bubble);
    color: var(--_bubble-text);
    white-space: pre-wrap;
    unicode-bidi: plaintext;
  }
  .user.local .bubble { opacity: 0.75; }
  /* Eight lines, and what is left of the ninth fades. */
  .fold:not(.unfolded, [data-fits]) { max-height: calc(12.4em + 20px); overflow: hidden; mask-image: linear-gradient(#000 calc(100% - 2em), transparent); }
  .fold[data-fits]:not(.unfolded) + .more { display: none; }
  .link.more { padding: 2px 4px; border-radius: 4px; color: var(--_primary-text); font-size: 0.93em; font-weight: 500; }
  .link.more:hover { text-decoration: underline; text-underline-offset: 2px; }
  .no-answer { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; column-gap: 8px; font-size: 0.87em; color: var(--_secondary); }
  .no-answer .icon-text { display: inline-flex; align-items: center; gap: 6px; color: var(--_danger-text); }
  .no-answer .link { min-height: 28px; padding: 2px 4px; border-radius: 4px; color: var(--_primary-text); font-weight: 500; text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 2px; }
  .no-answer .link:hover { text-decoration-thickness: 2px; }
  .no-answer .link[aria-disabled="true"] { color: var(--_secondary); text-decoration: none; }
  .tag { padding: 1px 6px; border-radius: 6px; background: var(--_primary-soft); color: var(--_primary-text); font-weight: 500; }
  .quote {
    max-width: min(82%, 600px);
    padding-inline-start: 10px;
    border-inline-start: 3px solid var(--_control);
    color: var(--_secondary);
    font-size: 0.93em;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
  }
  .attachments { display: flex; flex-wrap: wrap; gap: 8px; }
  .user .attachments { justify-content: flex-end; }
  .attachment {
    display: flex;
    align-items: center;
    gap: 8px;
    max-width: 240px;
    padding: 8px 12px;
    border: 1px solid var(--_border);
    border-radius: var(--_small);
    background: var(--_background);
    font-size: 0.93em;
  }
  .attachment img { width: 40px; height: 40px; object-fit: cover; border-radius: 6px; }
  .attachment img:not(.failed) + .sign, .attachment img.failed { display: none; }
  .attachment progress { width: 48px; height: 6px; flex: none; accent-color: var(--_primary); }
  .attachment.failed { border-color: var(--_danger-text); color: var(--_danger-text); }
  .drop {
    position: absolute;
    inset: 0;
    z-index: 9;
    display: grid;
    place-items: center;
    padding: 12px;
    background: color-mix(in srgb, var(--_background) 88%, transparent);
    pointer-events: none;
  }
  .drop p { display: flex; align-items: center; gap: 8px; margin: 0; padding: 24px 32px; border: 2px dashed var(--_primary-text); border-radius: var(--_medium); color: var(--_primary-text); font-weight: 600; }
  @media not (pointer: coarse) { .camera { display: none; } }
  .attachment .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

  .actions { display: flex; flex-wrap: wrap; align-items: center; gap: 2px; margin-block-start: 6px; margin-inline-start: -8px; }
  .actions .icon-button { width: 32px; height: 32px; font-size: 0.87em; }
  .actions .icon-button[aria-pressed="true"] { color: var(--_primary-text); background: var(--_primary-soft); }
  .actions .icon-button .icon + .icon, .actions [data-said] .icon { display: none; }
  .actions .icon-button[data-said] { width: auto; padding-inline: 8px; gap: 6px; color: var(--_success-text); }
  .actions .icon-button[data-said] .icon + .icon { display: block; }
  .actions [data-said]::after { content: attr(data-said); }
  @media (pointer: coarse) { .no-answer .link, .link.more { min-width: 44px; min-height: 44px; } .pinned button { min-height: 44px; } .actions .icon-button { min-width: 44px; height: 44px; } summary { min-height: 44px !important; } }

  .sources { margin-block-start: 10px; font-size: 0.93em; }
  .sources summary {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 32px;
    padding-inline: 10px;
    margin-inline-start: -2px;
    border: 1px solid var(--_border);
    border-radius: 999px;
    color: var(--_secondary);
    cursor: pointer;
    list-style: none;
  }
  .sources summary::-webkit-details-marker { display: none; }
  .sources summary:hover { background: var(--_hover); color: var(--_text); }
  details > summary .chevron { transition: transform 150ms; }
  details[open] > summary .chevron { transform: rotate(180deg); }
  .sources ol { list-style: none; margin-block-start: 8px; display: grid; gap: 2px; }
  .sources li { display: flex; gap: 10px; padding: 6px 8px; border-radius: var(--_small); }
  .sources li:hover { background: var(--_hover); }
  .sources .number { flex: none; min-width: 1.4em; color: var(--_secondary); font-variant-numeric: tabular-nums; }
  .sources .where { display: block; color: var(--_secondary); font-size: 0.93em; }

  .working { display: flex; align-items: center; gap: 10px; min-height: 28px; color: var(--_secondary); }
  /* A wait, no motion: also for readers who want none. */
  .working.late { animation: arrive 0s 400ms backwards !important; }
  @keyframes arrive { from { min-height: 0; height: 0; margin-block-start: calc(var(--_s) * -5); visibility: hidden; } }
  .dots { display: inline-flex; gap: 4px; padding-block: 6px; }
  .dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--_primary); animation: dot 1.2s infinite ease-in-out; }
  .dots i:nth-child(2) { animation-delay: 0.15s; }
  .dots i:nth-child(3) { animation-delay: 0.3s; }
  @keyframes dot { 0%, 60%, 100% { opacity: 0.3; transform: none; } 30% { opacity: 1; transform: translateY(-3px); } }

  .notice {
    display: flex;
    align-items: flex-start;
    gap: 10px;
    padding: 12px 14px;
    border-radius: var(--_medium);
    background: var(--_info-soft);
    font-size: 0.95em;
  }
  .notice > .icon { margin-block-start: 2px; color: var(--_info-text); }
  .notice.warning { background: var(--_warning-soft); }
  .notice.warning > .icon { color: var(--_warning-text); }
  .notice.danger { background: var(--_danger-soft); }
  .notice.danger > .icon { color: var(--_danger-text); }
  .notice > .icon-button { margin-block: -8px; margin-inline-end: -8px; }
  .notice .what { flex: 1; min-width: 0; }
  .notice .what strong { display: block; }
  .notice .do { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 8px; }
  .line { color: var(--_secondary); font-size: 0.93em; }
  .center { text-align: center; }
  .empty { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 14px; flex: 1; padding: 24px; text-align: center; }
  .empty .notice { text-align: start; }
  .empty > .icon { width: 32px; height: 32px; color: var(--_secondary); }

  .workflow summary, .task-line {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 32px;
    color: var(--_secondary);
    font-size: 0.93em;
  }
  .workflow summary { width: fit-content; cursor: pointer; list-style: none; border-radius: var(--_small); }
  .workflow summary::-webkit-details-marker { display: none; }
  .workflow summary:hover { color: var(--_text); }
  .workflow summary:focus-visible { outline-offset: 0; }
  .workflow ol { list-style: none; margin: 4px 0 0; margin-inline-start: 9px; padding-inline-start: 16px; border-inline-start: 2px solid var(--_border); display: grid; gap: 6px; }
  .task .icon { width: 1.1em; height: 1.1em; }
  .task .detail { color: var(--_secondary); font-size: 0.93em; padding-inline-start: 26px; }
  .task .done { color: var(--_success-text); }
  .task ul.chips { list-style: none; display: flex; flex-wrap: wrap; gap: 6px; padding-inline-start: 26px; margin-block-start: 4px; }
  .chip { display: inline-flex; max-width: 260px; padding: 2px 10px; border: 1px solid var(--_border); border-radius: 999px; font-size: 0.87em; color: var(--_secondary); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  a.chip { color: var(--_primary-text); text-decoration: none; }
  a.chip:hover { text-decoration: underline; }

  .generated img { display: block; max-width: 100%; max-height: 480px; border-radius: var(--_medium); }
  .generated .making { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 14px; width: min(100%, 360px); aspect-ratio: 1; border-radius: var(--_medium); background: var(--_hover); color: var(--_secondary); }
  progress { width: 60%; accent-color: var(--_primary); }

  .latest {
    position: absolute;
    inset-block-end: 10px;
    inset-inline-start: 50%;
    translate: -50%;
    border-radius: 50%;
    border: 1px solid var(--_control);
    background: var(--_background);
    box-shadow: 0 2px 10px rgb(0 0 0 / 14%);
  }
  .frame[dir="rtl"] .latest { translate: 50%; }

  .start { display: flex; flex-direction: column; flex: 1; min-height: 0; overflow-y: auto; padding-block: 24px; }
  .start .column { display: flex; flex-direction: column; gap: calc(var(--_s) * 6); margin-block: auto; }
  .greeting { font-size: 1.6em; line-height: 1.25; font-weight: 600; letter-spacing: -0.01em; text-wrap: balance; }
  [dir="rtl"] .greeting { letter-spacing: normal; }
  .prompts { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 10px; }
  .prompt {
    display: flex;
    align-items: center;
    gap: 12px;
    width: 100%;
    height: 100%;
    min-height: 52px;
    padding: 12px 16px;
    border: 1px solid var(--_border);
    border-radius: var(--_medium);
    background: var(--_background);
    line-height: 1.4;
    transition: background-color 150ms, border-color 150ms;
  }
  .prompts .last { grid-column: 1 / -1; }
  .last .prompt { min-height: 44px; padding-block: 8px; border-color: transparent; color: var(--_secondary); }
  .last .prompt span { display: flex; gap: 0.35em; min-width: 0; white-space: nowrap; }
  .last bdi { min-width: 0; overflow: hidden; text-overflow: ellipsis; color: var(--_text); font-weight: 500; }
  .stage[data-middle] { overflow-y: auto; padding-block: 24px 14px; scrollbar-width: thin; }
  .stage[data-middle] > * { flex: none; }
  .stage[data-middle] > .body { margin-block-start: auto; }
  .stage[data-middle] .start { padding-block: 0 20px; overflow: visible; }
  .stage[data-middle] .greeting { text-align: center; }
  .stage[data-middle] > footer { padding-block: 0; }
  .stage[data-middle] > .below { margin-block: 16px auto; padding-block-end: 16px; }
  .prompt:hover { background: var(--_primary-soft); border-color: var(--_primary); }
  .prompt .icon { color: var(--_primary-text); }
`;
