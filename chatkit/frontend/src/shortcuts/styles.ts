/** How the queue and the list of shortcuts look. The sheet comes with the part that needs it. */
import { css } from "lit";

export const shortcutStyles = css`
  .queue { display: grid; gap: 2px; padding: 8px 8px 8px 14px; padding-inline: 14px 8px; border: 1px dashed var(--_control); border-radius: var(--_medium); font-size: 0.93em; }
  .queue[hidden] { display: none; }
  .queue ul { list-style: none; display: grid; gap: 2px; max-height: 20vh; overflow-y: auto; scrollbar-width: thin; }
  .queue li, .queue .top { display: flex; align-items: center; gap: 8px; min-width: 0; }
  .queue .top { min-height: 32px; color: var(--_secondary); }
  .queue .top .icon { width: 16px; height: 16px; }
  .queue .said { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: start; }
  .queue button { flex: none; min-height: 32px; padding: 4px 10px; border-radius: var(--_small); color: var(--_primary-text); font-weight: 500; }
  .queue button:hover { background: var(--_hover); }
  @media (pointer: coarse) { .queue button { min-height: 44px; } }
  .shortcuts { width: min(480px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); margin: auto; padding: 0; border: 0; border-radius: var(--_medium); background: var(--_background); color: var(--_text); box-shadow: 0 12px 48px rgb(0 0 0 / 28%); overflow: auto; }
  .shortcuts::backdrop { background: rgb(0 0 0 / 40%); }
  .shortcuts .top { display: flex; align-items: center; gap: 8px; padding: 12px 12px 4px 20px; padding-inline: 20px 12px; }
  .shortcuts h2 { flex: 1; font-size: 1.1333em; font-weight: 600; }
  .shortcuts h2:focus { outline: none; }
  .shortcuts dl { display: grid; margin: 0; padding: 0 20px; }
  .shortcuts dl > div { display: flex; align-items: center; justify-content: space-between; gap: 20px; min-height: 44px; border-block-end: 1px solid var(--_border); }
  .shortcuts dd { margin: 0; flex: none; order: 1; direction: ltr; }
  .shortcuts kbd { display: inline-block; min-width: 28px; padding: 2px 7px; border: 1px solid var(--_control); border-radius: 6px; background: var(--_raised); font: inherit; font-size: 0.8667em; text-align: center; }
  .shortcuts label { display: flex; align-items: center; gap: 10px; min-height: 44px; padding: 8px 20px 12px; cursor: pointer; }
  .shortcuts input { width: 18px; height: 18px; margin: 0; flex: none; accent-color: var(--_primary-solid); }
`;
