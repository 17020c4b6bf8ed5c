import type { WidgetNode } from "../wire/protocol";

/** What this part takes from the script that loads it. */
export interface Kit {
  icon(name: string): SVGSVGElement;
  draw(root: WidgetNode, box: HTMLElement): Promise<void>;
  say(text: string): void;
}
