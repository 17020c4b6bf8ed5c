/** Icons that only the list has. */
import { Archive, ArchiveRestore, Ellipsis, type IconNode, Pin, PinOff } from "lucide";

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = { archive: Archive, unarchive: ArchiveRestore, more: Ellipsis, pin: Pin, unpin: PinOff };

/** A drawing of its own for each place. */
export function glyph(name: keyof typeof SHAPES): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2" };
  const all = { ...attributes, "stroke-linecap": "round", "stroke-linejoin": "round", class: "icon" };
  for (const [key, value] of Object.entries(all)) svg.setAttribute(key, value);
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, given] of SHAPES[name] as IconNode) {
    const shape = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(given)) shape.setAttribute(key, String(value));
    svg.append(shape);
  }
  return svg;
}
