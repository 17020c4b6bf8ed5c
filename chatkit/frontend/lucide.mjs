// Lucide's icons as the scripts carry them: the shapes of an icon joined to one path, without the keys that React asks for.
// A circle or a rectangle is, by SVG's own definition, the path that it is turned into here.

import { icons } from "lucide";

const joined = new Map();

/** The one path of an icon by its name in Lucide ("CircleAlert"); undefined where there is no such icon. */
function pathOf(name) {
  if (!Object.hasOwn(icons, name)) return undefined;
  if (!joined.has(name))
    joined.set(name, icons[name].map(([tag, attributes]) => shape(name, tag, attributes)).join(""));
  return joined.get(name);
}

/** The nodes of an icon. The few that have filled shapes stay as they are. */
function nodesOf(name) {
  if (!Object.hasOwn(icons, name)) return undefined;
  const bare = icons[name].map(([tag, { key, ...attributes }]) => [tag, attributes]);
  return bare.some(([, { fill }]) => fill) ? bare : [["path", { d: pathOf(name) }]];
}

/** Bytes of one file of icons, at most: what an icon costs that a page names. */
const MAX_FILE = 9500;

/** All icons in files of their own: the first name in each, and the paths of each by name, in the order of names. */
export function iconFiles() {
  const files = [];
  let size = MAX_FILE;
  for (const name of Object.keys(icons).sort()) {
    const nodes = nodesOf(name);
    const shapes = nodes.length === 1 && nodes[0][1].d ? nodes[0][1].d : nodes;
    const bytes = JSON.stringify({ [name]: shapes }).length;
    if (size + bytes > MAX_FILE) {
      files.push([name, {}]);
      size = 0;
    }
    files.at(-1)[1][name] = shapes;
    size += bytes;
  }
  return files;
}

function shape(icon, tag, given) {
  const attributes = Object.fromEntries(Object.entries(given).filter(([key]) => key !== "key" && key !== "fill"));
  const of = (key) => Number(attributes[key] ?? 0);
  switch (tag) {
    case "path":
      return absolute(attributes.d);
    case "circle":
      return ring(of("cx"), of("cy"), of("r"), of("r"));
    case "ellipse":
      return ring(of("cx"), of("cy"), of("rx"), of("ry"));
    case "line":
      return `M${pair(of("x1"), of("y1"))}L${pair(of("x2"), of("y2"))}`;
    case "polyline":
    case "polygon":
      return `M${attributes.points.trim()}${tag === "polygon" ? "z" : ""}`;
    case "rect":
      return box(attributes);
    default:
      throw new Error(`Lucide's icon ${icon} has a shape that is not known: ${tag}`);
  }
}

/** A path begins with a move; a relative one would count from where the path before it has ended. */
function absolute(d) {
  const begun = d.trim();
  if (!begun.startsWith("m")) return begun;
  const number = "[+-]?(?:\\d*\\.\\d+|\\d+\\.?)(?:e[+-]?\\d+)?";
  const [all = "", x, y] = begun.match(new RegExp(`^m\\s*(${number})[\\s,]*(${number})\\s*,?\\s*`, "i"));
  const rest = begun.slice(all.length);
  return `M${pair(x, y)}${/^[\d.+-]/.test(rest) ? "l" : ""}${rest}`;
}

function ring(cx, cy, rx, ry) {
  return `M${pair(cx + rx, cy)}a${rx} ${ry} 0 0 1-${2 * rx} 0 ${rx} ${ry} 0 0 1 ${2 * rx} 0z`;
}

function box({ x, y, width, height, rx: givenX, ry: givenY }) {
  const [left, top, wide, high] = [x ?? 0, y ?? 0, width, height].map(Number);
  const rx = Math.min(Number(givenX ?? givenY ?? 0), wide / 2);
  const ry = Math.min(Number(givenY ?? givenX ?? 0), high / 2);
  if (!rx || !ry) return `M${pair(left, top)}h${wide}v${high}h${-wide}z`;
  const [across, down] = [round(wide - 2 * rx), round(high - 2 * ry)];
  const corner = (dx, dy) => `a${rx} ${ry} 0 0 1${dx < 0 ? "" : " "}${dx}${dy < 0 ? "" : " "}${dy}`;
  return (
    `M${pair(round(left + rx), top)}h${across}${corner(rx, ry)}v${down}${corner(-rx, ry)}` +
    `h${-across}${corner(-rx, -ry)}v${-down}${corner(rx, -ry)}z`
  );
}

function pair(x, y) {
  return `${x}${String(y).startsWith("-") ? "" : " "}${y}`;
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}

/** For the bundler: `import { Bot } from "lucide"` gives the nodes as above. */
export const compactLucide = {
  name: "compact-lucide",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^lucide$/ }, () => ({ path: "lucide", namespace: "compact-lucide", sideEffects: false }));
    onLoad({ filter: /./, namespace: "compact-lucide" }, () => ({
      contents: Object.keys(icons)
        .map((name) => `export const ${name} = ${JSON.stringify(nodesOf(name))};`)
        .join("\n"),
    }));
  },
};
