/** Formulas as MathML. Fetched when a message first contains one. */
import temml from "temml";

const ATTRIBUTES = new Set([
  "accent",
  "accentunder",
  "columnalign",
  "columnlines",
  "columnspacing",
  "columnspan",
  "depth",
  "display",
  "displaystyle",
  "encoding",
  "fence",
  "form",
  "frame",
  "framespacing",
  "height",
  "intent",
  "largeop",
  "linebreak",
  "linethickness",
  "lspace",
  "mathbackground",
  "mathcolor",
  "mathsize",
  "mathvariant",
  "maxsize",
  "minsize",
  "movablelimits",
  "notation",
  "rowalign",
  "rowlines",
  "rowspacing",
  "rowspan",
  "rspace",
  "scriptlevel",
  "separator",
  "stretchy",
  "symmetric",
  "voffset",
  "width",
  "xmlns",
]);

const MAX_LENGTH = 5000;
const MAX_DEPTH = 50;
const MAX_ELEMENTS = 2000;

/** The formula, or null where its source is not TeX we understand, or would make too much of. */
export function formula(source: string, display: boolean): Element | null {
  if (source.length > MAX_LENGTH || depth(source) > MAX_DEPTH) return null;
  const box = document.createElement("span");
  try {
    temml.render(source, box, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      strict: false,
      maxSize: [20, 40],
      maxExpand: 500,
    });
  } catch {
    return null;
  }
  const math = box.firstElementChild;
  if (math?.localName !== "math") return null;
  const inside = math.querySelectorAll("*");
  if (inside.length > MAX_ELEMENTS) return null;
  for (const element of [math, ...inside]) clean(element);
  math.setAttribute("alttext", source);
  return math;
}

/** How deep braces, and what `\\left` and `\\begin` open, stand in one another. */
function depth(source: string): number {
  let deepest = 0;
  let now = 0;
  for (const [mark] of source.matchAll(/\\(?:left|begin|right|end)\b|\\.|[{}]/g)) {
    if (mark === "{" || mark === "\\left" || mark === "\\begin") deepest = Math.max(deepest, ++now);
    else if (mark === "}" || mark === "\\right" || mark === "\\end") now--;
  }
  return deepest;
}

/** A second lock: nothing of a formula may load, run, or reach out of its place. */
function clean(element: Element): void {
  if (element.namespaceURI !== "http://www.w3.org/1998/Math/MathML") {
    element.remove();
    return;
  }
  for (const { name } of [...element.attributes]) {
    if (!ATTRIBUTES.has(name) && name !== "style" && name !== "class") element.removeAttribute(name);
  }
  const { style } = element as MathMLElement;
  for (const property of ["position", "background-image", "top", "left"]) style.removeProperty(property);
}
