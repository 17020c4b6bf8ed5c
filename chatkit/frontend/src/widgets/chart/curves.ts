/** Lines through points, by the names that charts have for them, as SVG's path commands. */

export type Point = readonly [x: number, y: number];

/** Commands from the first point to the last; the first is where `to` leads ("M", or "L" to go on from another line). */
export function curve(points: readonly Point[], kind: string, to: "M" | "L" = "M"): string {
  const [first] = points;
  if (!first) return "";
  const start = to + at(first);
  if (points.length < 3 && !/^(step|bump)/.test(kind)) return start + points.slice(1).map(line).join("");
  switch (kind) {
    case "linear":
      return start + points.slice(1).map(line).join("");
    case "linearClosed":
      return `${start}${points.slice(1).map(line).join("")}Z`;
    case "step":
    case "stepBefore":
    case "stepAfter":
      return start + pairs(points, (from, end) => stairs(from, end, kind));
    case "bump":
    case "bumpX":
      return (
        start + pairs(points, ([x, y], [u, v]) => `C${at([(x + u) / 2, y])} ${at([(x + u) / 2, v])} ${at([u, v])}`)
      );
    case "bumpY":
      return (
        start + pairs(points, ([x, y], [u, v]) => `C${at([x, (y + v) / 2])} ${at([u, (y + v) / 2])} ${at([u, v])}`)
      );
    case "basis":
      return basis([first, first, ...points, points.at(-1) ?? first], to) + line(points.at(-1) ?? first);
    case "basisOpen":
      return basis(points, to);
    case "basisClosed":
      return `${basis([...points, ...points.slice(0, 3)], to)}Z`;
    default:
      return start + smooth(points, kind);
  }
}

const at = ([x, y]: Point) => `${round(x)},${round(y)}`;
const line = (point: Point) => `L${at(point)}`;
const round = (value: number) => Number(value.toFixed(2));

function pairs(points: readonly Point[], draw: (from: Point, to: Point, index: number) => string): string {
  return points
    .slice(1)
    .map((point, index) => draw(points[index] as Point, point, index))
    .join("");
}

function stairs([x, y]: Point, [u, v]: Point, kind: string): string {
  const turn = kind === "stepBefore" ? x : kind === "stepAfter" ? u : (x + u) / 2;
  return `L${at([turn, y])}L${at([turn, v])}L${at([u, v])}`;
}

/** A uniform cubic B-spline, which comes near the points. */
function basis(points: readonly Point[], to: string): string {
  let path = "";
  for (let index = 0; index + 3 < points.length + 1; index++) {
    const [a, b, c] = points.slice(index, index + 3) as [Point, Point, Point];
    const mix = (p: number, q: number, r: number): Point => [
      (p * a[0] + q * b[0] + r * c[0]) / 6,
      (p * a[1] + q * b[1] + r * c[1]) / 6,
    ];
    if (!index) path = to + at(mix(1, 4, 1));
    const next = points[index + 3];
    if (!next) break;
    const end: Point = [(b[0] + 4 * c[0] + next[0]) / 6, (b[1] + 4 * c[1] + next[1]) / 6];
    path += `C${at(mix(0, 4, 2))} ${at(mix(0, 2, 4))} ${at(end)}`;
  }
  return path;
}

/** Through every point: without overshooting its neighbours, except where "natural" is asked for. */
function smooth(points: readonly Point[], kind: string): string {
  const slopes = kind === "natural" ? natural(points) : monotone(points);
  return pairs(points, ([x, y], [u, v], index) => {
    const third = (u - x) / 3;
    const [from, to] = [slopes[index] ?? 0, slopes[index + 1] ?? 0];
    return `C${at([x + third, y + from * third])} ${at([u - third, v - to * third])} ${at([u, v])}`;
  });
}

function rises(points: readonly Point[]): number[] {
  return points.slice(1).map(([u, v], index) => {
    const [x, y] = points[index] as Point;
    return u === x ? 0 : (v - y) / (u - x);
  });
}

/** Flat at each top and bottom, else no steeper than three times the gentler side. */
function monotone(points: readonly Point[]): number[] {
  const rise = rises(points);
  return points.map((_, index) => {
    const [before, after] = [rise[index - 1], rise[index]];
    if (before === undefined || after === undefined) return before ?? after ?? 0;
    if (before * after <= 0) return 0;
    return Math.sign(after) * Math.min(Math.abs(before + after) / 2, 3 * Math.abs(before), 3 * Math.abs(after));
  });
}

/** Of the curve that bends least, for points that are equally far apart: a tridiagonal system. */
function natural(points: readonly Point[]): number[] {
  const rise = rises(points);
  const last = points.length - 1;
  const weights: number[] = [];
  const found: number[] = [];
  for (let index = 0; index <= last; index++) {
    const edge = index === 0 || index === last;
    const middle = (edge ? 2 : 4) - (index ? (weights[index - 1] ?? 0) : 0);
    const right = 3 * ((rise[index - 1] ?? 0) + (rise[index] ?? 0));
    weights.push(1 / middle);
    found.push((right - (index ? (found[index - 1] ?? 0) : 0)) / middle);
  }
  for (let index = last - 1; index >= 0; index--)
    found[index] = (found[index] ?? 0) - (weights[index] ?? 0) * (found[index + 1] ?? 0);
  return found;
}
