/** The styles of parts: they come with the part, before anything that needs them is drawn. */
import type { CSSResult } from "lit";

export function adopt(root: ParentNode, ...styles: CSSResult[]): void {
  if (!(root instanceof ShadowRoot)) return;
  const there = new Set(root.adoptedStyleSheets);
  const sheets = styles.flatMap(({ styleSheet }) => (styleSheet && !there.has(styleSheet) ? [styleSheet] : []));
  if (sheets.length) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
}
