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

/** The formula, or null where its source is not TeX we understand. */
export function formula(source: string, display: boolean): Element | null {
  if (source.length > 5000) return null;
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
  for (const element of [math, ...math.querySelectorAll("*")]) clean(element);
  math.setAttribute("alttext", source);
  return math;
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
