/** On paper: the whole conversation, dark on white, without what only a screen can use. */
import { css } from "lit";

export const printStyles = css`
  @media print {
    :host { height: auto !important; max-height: none !important; min-height: 0 !important; overflow: visible !important; contain: none; }
    .frame {
      height: auto;
      overflow: visible;
      container-type: normal;
      padding: 0;
      color-scheme: light !important;
      --_background: #fff !important;
      --_text: #111 !important;
      --_secondary: #555 !important;
      --_raised: #f6f6f6 !important;
      --_hover: #f0f0f0 !important;
      --_border: #ccc !important;
      --_control: #999 !important;
      --_bubble: #fff !important;
      --_bubble-text: #111 !important;
      --_primary-text: #111 !important;
      --_primary-soft: #eee !important;
    }
    .frame, .beside, .chat, .stage, .body, .scroller { display: block; overflow: visible; }
    .column { max-width: none; padding: 0; }
    .at { position: static; opacity: 1; transition: none; }
    .fold.fold { max-height: none; mask-image: none; }
    .table.table { mask-image: none; }
    .table th, .table td { white-space: normal; min-width: 0; position: static !important; }
    .user .bubble { border: 1px solid var(--_border); }
    .user, .attachment, .card, tr, img { break-inside: avoid; }
    .table, .code pre, .maths-block, .card { overflow: visible; }
    .sources::details-content { content-visibility: visible; }
    .sources .chevron { display: none; }
    .sources summary { margin-inline: 0; }
    .code pre { white-space: pre-wrap; overflow-wrap: anywhere; }
    .code [class^="hl-"][class] { color: inherit; }
    .frame .list-box, .frame .side, footer, .icon-button, .code .quiet, .actions, .why, .latest, .pinned, .more, .quiet, .no-answer .link, .no-answer [aria-hidden] { display: none; }
  }
`;
