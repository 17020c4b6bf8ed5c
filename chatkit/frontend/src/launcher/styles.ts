/** How the launcher looks. Pages change it by `--chatkit-…` properties, on the element or above it. */
const css = String.raw;

export const styles = css`
  :host {
    --_rem: max(1rem, 16px);
    --_ground: var(--chatkit-background-color, #ffffff);
    --_text: var(--chatkit-text-color, #3a3541);
    --_quiet: color-mix(in srgb, var(--_text) 76%, transparent);
    --_line: color-mix(in srgb, var(--_text) 16%, transparent);
    --_accent: var(--_color, var(--chatkit-launcher-color, var(--chatkit-primary-color, var(--_theme, #9155fd))));
    --_fill: var(--_color, var(--chatkit-launcher-color, color-mix(in srgb, var(--_accent) 86%, #000000)));
    --_shade: 0 6px 24px rgb(20 15 40 / 0.24);
    --_block: var(--chatkit-launcher-offset-block, 20px);
    --_inline: var(--chatkit-launcher-offset-inline, 20px);

    position: fixed;
    z-index: var(--chatkit-launcher-z-index, 2000);
    inset-block-end: calc(var(--_block) + env(safe-area-inset-bottom));
    inset-inline-end: var(--_inline);
    margin: 0;
    padding: 0;
    color: var(--_text);
    font: 400 calc(0.875 * var(--_rem)) / 1.43 var(--chatkit-font-family, inherit);
    letter-spacing: normal;
    text-align: start;
    text-transform: none;
    white-space: normal;
  }
  :host([data-scheme="dark"]) {
    --_ground: var(--chatkit-background-color, #312d4b);
    --_text: var(--chatkit-text-color, #e7e3fc);

    color-scheme: dark;
  }
  :host([hidden]) {
    display: none !important;
  }
  :host([data-position="start"]) {
    inset-inline: var(--_inline) auto;
  }
  * {
    box-sizing: border-box;
  }
  button,
  a {
    font: inherit;
    cursor: pointer;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .open {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 56px;
    block-size: 56px;
    padding: 0;
    border: 1px solid transparent;
    border-radius: 50%;
    /* As sRGB, which the script reads to choose the icon's colour. */
    background: color-mix(in srgb, var(--_fill) 100%, transparent 0%);
    color: var(--chatkit-launcher-icon-color, var(--_on, #ffffff));
    box-shadow: var(--_shade);
  }
  .open:hover {
    background: color-mix(in oklab, var(--_fill) 90%, #000000);
  }
  svg,
  ::slotted([slot="icon"]) {
    display: grid;
    inline-size: 26px;
    block-size: 26px;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .open > svg,
  :host([data-open]) .open > slot {
    display: none;
  }
  :host([data-open]) .open > svg {
    display: block;
  }
  .dot {
    position: absolute;
    inset-block-start: 0;
    inset-inline-end: 0;
    inline-size: 16px;
    block-size: 16px;
    border: 3px solid var(--_ground);
    border-radius: 50%;
    background: #d92d32;
  }
  [hidden] {
    display: none !important;
  }
  .told {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .greeting {
    position: absolute;
    inset-block-end: 6px;
    inset-inline-end: 68px;
    display: flex;
    align-items: center;
    inline-size: max-content;
    max-inline-size: min(280px, calc(100vw - 120px));
    border: 1px solid var(--_line);
    border-radius: 14px;
    background: var(--_ground);
    box-shadow: var(--_shade);
  }
  :host([data-position="start"]) .greeting {
    inset-inline: 68px auto;
  }
  .greeting > button {
    border: 0;
    border-radius: 13px;
    background: none;
    color: inherit;
  }
  .greeting > :first-child {
    min-block-size: 44px;
    padding: 10px 0 10px 16px;
    padding-inline: 16px 0;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .icon {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 44px;
    block-size: 44px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--_quiet);
  }
  .icon > svg {
    inline-size: 20px;
    block-size: 20px;
  }
  .icon:hover {
    background: color-mix(in srgb, var(--_text) 7%, transparent);
  }
  dialog {
    position: absolute;
    inset: auto 0 calc(100% + 12px) auto;
    inset-inline: auto 0;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    inline-size: min(400px, 100vw - 2 * var(--_inline));
    block-size: min(680px, 100dvh - 2 * var(--_block) - 80px);
    max-inline-size: none;
    max-block-size: none;
    margin: 0;
    padding: 0;
    overflow: hidden;
    border: 1px solid var(--_line);
    border-radius: max(12px, var(--chatkit-border-radius, 12px));
    background: var(--_ground);
    color: inherit;
    box-shadow: var(--_shade);
  }
  :host([data-position="start"]) dialog {
    inset-inline: 0 auto;
  }
  dialog[open] {
    display: grid;
  }
  dialog:focus {
    outline: none;
  }
  .bar {
    display: flex;
    align-items: center;
    min-block-size: 48px;
    padding-inline: 16px 4px;
  }
  h2 {
    flex: 1;
    margin: 0;
    overflow: hidden;
    font: inherit;
    font-size: var(--_rem);
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .body {
    display: grid;
    grid-row: 2;
    min-block-size: 0;
    border-block-start: 1px solid var(--_line);
  }
  /* Our own chat has a bar, with room for these buttons (container.css). */
  :host([data-barred]) .bar {
    position: absolute;
    inset-block-start: 6px;
    inset-inline-end: 4px;
    z-index: 1;
    min-block-size: 0;
    padding: 0;
  }
  @media (pointer: coarse) {
    :host([data-barred]) .bar {
      inset-block-start: 8px;
    }
  }
  :host([data-barred]) h2 {
    display: none;
  }
  :host([data-barred]) .body {
    border: 0;
  }
  .wait {
    place-self: center;
    padding: 24px;
    color: var(--_quiet);
    text-align: center;
  }
  .wait > button {
    display: block;
    min-block-size: 44px;
    margin: 12px auto 0;
    padding-inline: 20px;
    border: 1px solid currentColor;
    border-radius: 8px;
    background: none;
    color: var(--_text);
  }
  ::slotted(.chatkit-container) {
    block-size: 100% !important;
    border-radius: 0 !important;
  }
  dialog:modal {
    position: fixed;
    inset: auto 0 var(--_below, 0px);
    inline-size: 100%;
    block-size: calc(var(--_high, 100dvh) - 12px - env(safe-area-inset-top));
    padding-block-end: env(safe-area-inset-bottom);
    border-width: 1px 0 0;
    border-radius: 16px 16px 0 0;
  }
  dialog::backdrop {
    background: rgb(40 36 61 / 0.5);
  }
  @media (forced-colors: active) {
    .dot {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .open {
      transition: background-color 160ms, scale 160ms;
    }
    .open:active {
      scale: 0.94;
    }
    dialog[open],
    .greeting {
      animation: rise 160ms ease-out;
    }
    @keyframes rise {
      from {
        opacity: 0;
        translate: 0 12px;
      }
    }
  }
  @media print {
    :host {
      display: none !important;
    }
  }
`;
