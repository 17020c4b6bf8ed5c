/** Text of an answer. */
import { css } from "lit";

export const markdownStyles = css`
  .markdown { min-width: 0; overflow-wrap: anywhere; }
  .markdown.long, .bubble.long { font-kerning: none; }
  .plain { overflow-wrap: anywhere; white-space: pre-wrap; }
  .plain > :nth-child(n + 9) { content-visibility: auto; contain-intrinsic-block-size: auto 40em; }
  .plain-word { margin-block: 0.75em; padding-inline-start: 10px; border-inline-start: 3px solid var(--_control); color: var(--_secondary); font-size: 0.93em; white-space: normal; }
  .widget .markdown { overflow-wrap: break-word; }
  .markdown > * + * { margin-block-start: 0.75em; }
  .markdown a, .markdown .link, .markdown code, .maths, .citation { unicode-bidi: isolate; }
  .markdown li > span { display: block; }
  .markdown li > span, .markdown li > p { text-align: -webkit-match-parent; text-align: match-parent; }
  .markdown h3, .markdown h4, .markdown h5, .markdown h6 { font-weight: 600; line-height: 1.35; margin-block-start: 1.1em; }
  .markdown > :first-child { margin-block-start: 0; }
  .markdown .h1 { font-size: 1.35em; }
  .markdown .h2 { font-size: 1.2em; }
  .markdown .h3 { font-size: 1.08em; }
  .markdown .h4, .markdown .h5, .markdown .h6 { font-size: 1em; }
  .markdown ul, .markdown ol { padding-inline-start: 1.5em; }
  .markdown li + li, .markdown li > * + * { margin-block-start: 0.35em; }
  .markdown li.task { list-style: none; margin-inline-start: -1.5em; }
  .task-box { display: inline-block; vertical-align: -0.2em; margin-inline-end: 0.4em; color: var(--_primary-text); }
  .task-box .icon { width: 1.1em; height: 1.1em; }
  .markdown blockquote { margin: 0; margin-block-start: 0.75em; padding-inline-start: 1em; border-inline-start: 3px solid var(--_border); color: var(--_secondary); }
  .markdown hr { border: 0; border-block-start: 1px solid var(--_border); margin-block: 1.2em; }
  .markdown a, .markdown .link { color: var(--_primary-text); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 2px; padding: 0; }
  .markdown a:hover, .markdown .link:hover { text-decoration-thickness: 2px; }
  .markdown img { max-width: 100%; height: auto; max-height: 420px; border-radius: var(--_small); }
  .markdown code { font: 0.9em / 1.5 var(--_mono); }
  .markdown :not(pre) > code { padding: 0.12em 0.38em; border-radius: 5px; background: var(--_raised); }
  .code { border: 1px solid var(--_border); border-radius: var(--_small); overflow: hidden; background: var(--_raised); direction: ltr; text-align: left; }
  .code-bar { display: flex; align-items: center; justify-content: space-between; gap: 8px; min-height: 36px; padding-inline: 14px 6px; font-size: 0.83em; color: var(--_secondary); border-block-end: 1px solid var(--_border); }
  .quiet { display: inline-flex; align-items: center; justify-content: center; width: 30px; height: 30px; padding: 0; border-radius: 6px; color: var(--_secondary); }
  .quiet:hover { background: var(--_hover); color: var(--_text); }
  @media (pointer: coarse) { .quiet { width: 44px; height: 44px; } }
  .code pre { margin: 0; padding: 12px 14px; overflow-x: auto; white-space: pre; overflow-wrap: normal; tab-size: 4; }
  .code .lines { display: block; }
  .code pre:focus-visible { outline-offset: -2px; }
  .table[data-more] { mask-image: linear-gradient(to right, #000 calc(100% - 36px), transparent); }
  [dir="rtl"] > .table[data-more] { mask-image: linear-gradient(to left, #000 calc(100% - 36px), transparent); }
  .table[data-wide] tr > :first-child { position: sticky; z-index: 1; inset-inline-start: 0; max-width: 42cqi; background: var(--_background); box-shadow: 1px 0 var(--_border); }
  .table[data-wide] th:first-child { background: var(--_raised); }
  .quiet.words { width: auto; gap: 6px; padding-inline: 8px; font-size: 0.83em; }
  .quiet.words::after { content: attr(aria-label); }
  .table { overflow-x: auto; border: 1px solid var(--_border); border-radius: var(--_small); width: fit-content; max-width: 100%; }
  .table table { border-collapse: collapse; font-size: 0.95em; font-variant-numeric: tabular-nums; }
  .table th, .table td { padding: 8px 14px; text-align: start; vertical-align: top; border-block-end: 1px solid var(--_border); overflow-wrap: normal; min-width: 4em; white-space: nowrap; }
  .table .wordy { min-width: 14em; white-space: normal; }
  .table tr:last-child td { border-block-end: 0; }
  .table th { font-weight: 600; background: var(--_raised); }
  .table .center { text-align: center; }
  .table .right { text-align: end; }
  .maths { white-space: pre-wrap; }
  .maths-block { overflow-x: auto; padding-block: 4px; }
  .maths.display { display: block; text-align: center; }
  math { font-size: 1.1em; }
  .citation { line-height: 0; margin-inline-start: 2px; vertical-align: baseline; position: relative; top: -0.35em; font-size: 0.73em; }
  .citation.held { white-space: nowrap; }
  .citation.held::before { content: "\\2060"; } /* a word joiner */
  .markdown .citation-mark {
    display: inline-block;
    min-width: 1.75em;
    padding: 0.3em 0.45em;
    border-radius: 999px;
    background: var(--_primary-soft);
    color: var(--_primary-text);
    font-weight: 600;
    line-height: 1;
    text-align: center;
    text-decoration: none;
    font-variant-numeric: tabular-nums;
  }
  .markdown a.citation-mark:hover, .markdown button.citation-mark:hover { background: var(--_primary-solid); color: var(--_on-primary); }
  .hl-keyword, .hl-built_in, .hl-type, .hl-selector-tag, .hl-tag { color: var(--_code-keyword); }
  .hl-string, .hl-regexp, .hl-addition, .hl-char { color: var(--_code-string); }
  .hl-number, .hl-literal, .hl-symbol, .hl-variable, .hl-template-variable { color: var(--_code-number); }
  .hl-title, .hl-attr, .hl-attribute, .hl-name, .hl-section, .hl-property, .hl-params .hl-title { color: var(--_code-title); }
  .hl-comment, .hl-meta, .hl-quote, .hl-deletion { color: var(--_secondary); }
`;
