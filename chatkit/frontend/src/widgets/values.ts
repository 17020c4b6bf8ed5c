/** The value types that widget properties share, as CSS. Anything of another shape counts as absent. */
import type { Styles } from "./styled";

const UNIT = 4;
const SIDES = ["top", "right", "bottom", "left"] as const;
const RADIUS: Record<string, string> = {
  none: "0",
  "2xs": "2px",
  xs: "4px",
  sm: "6px",
  md: "8px",
  lg: "10px",
  xl: "12px",
  "2xl": "16px",
  "3xl": "20px",
  "4xl": "24px",
  full: "9999px",
  "100%": "100%",
};
const ALIGN: Record<string, string> = {
  start: "flex-start",
  center: "center",
  end: "flex-end",
  baseline: "baseline",
  stretch: "stretch",
};
const JUSTIFY: Record<string, string> = {
  ...ALIGN,
  between: "space-between",
  around: "space-around",
  evenly: "space-evenly",
};
const TEXT: Record<string, string> = {
  prose: "var(--_text)",
  primary: "var(--_text)",
  emphasis: "var(--_text)",
  secondary: "var(--_secondary)",
  tertiary: "var(--_secondary)",
  success: "var(--_success-text)",
  warning: "var(--_warning-text)",
  danger: "var(--_danger-text)",
  info: "var(--_info-text)",
  discovery: "var(--_primary-text)",
};
const GROUND: Record<string, string> = {
  surface: "var(--_background)",
  "surface-secondary": "var(--_raised)",
  "surface-tertiary": "var(--_hover)",
  "surface-elevated": "var(--_background)",
  "surface-elevated-secondary": "var(--_raised)",
};
const LINE: Record<string, string> = {
  default: "var(--_border)",
  subtle: "var(--_hover)",
  strong: "var(--_control)",
};
const HUES: Record<string, number> = {
  red: 25,
  orange: 55,
  yellow: 95,
  green: 150,
  blue: 255,
  purple: 300,
  pink: 350,
};

/** `red-500` and the like: lightness by step, the same in both schemes; `alpha-70` is 70 % of what it covers. */
function primitive(token: string): string | null {
  const match = /^(red|orange|yellow|green|blue|purple|pink|gray|alpha)-(\d{1,4})$/.exec(token);
  if (!match) return { white: "#fff", black: "#000" }[token] ?? null;
  const [, hue = "", step] = match;
  const lightness = Math.max(15, 98 - Number(step) / 11);
  // Of the text's colour, so that it is seen on either ground.
  if (hue === "alpha") return `color-mix(in srgb, var(--_text) ${Math.min(100, Number(step))}%, transparent)`;
  const chroma = hue === "gray" ? 0.01 : Number(step) < 100 ? 0.04 : 0.16;
  return `oklch(${lightness}% ${chroma} ${HUES[hue] ?? 280})`;
}

function colour(value: unknown, tokens: Record<string, string>): string | null {
  if (value && typeof value === "object") {
    const { light, dark } = value as { light?: unknown; dark?: unknown };
    const pair = [colour(light, tokens), colour(dark, tokens)];
    return pair[0] && pair[1] ? `light-dark(${pair[0]}, ${pair[1]})` : (pair[0] ?? pair[1] ?? null);
  }
  if (typeof value !== "string") return null;
  return tokens[value] ?? primitive(value) ?? value;
}

const SERIES = ["blue", "purple", "orange", "green", "red", "yellow", "pink"];
/** Of a chart: against either ground at least three to one. */
const CHART = Object.fromEntries(
  SERIES.map((name) => {
    const hue = HUES[name] ?? 0;
    return [name, `light-dark(oklch(60% 0.16 ${hue}), oklch(74% 0.14 ${hue}))`];
  }),
);

/** A series' own colour, else the next of the row. */
export function seriesColour(value: unknown, index: number): string | null {
  return colour(value, CHART) ?? CHART[SERIES[index % SERIES.length] ?? ""] ?? null;
}

export const textColour = (value: unknown) => colour(value, TEXT);
export const groundColour = (value: unknown) => colour(value, GROUND);
export const lineColour = (value: unknown) => colour(value, LINE);

/** Numbers are units of four pixels in spacings, pixels in sizes. */
export function spacing(value: unknown): string | null {
  if (typeof value === "number") return `${value * UNIT}px`;
  return typeof value === "string" ? (/^-?[\d.]+$/.test(value) ? `${Number(value) * UNIT}px` : value) : null;
}

export function size(value: unknown): string | null {
  if (typeof value === "number") return `${value}px`;
  return typeof value === "string" ? (/^[\d.]+$/.test(value) ? `${value}px` : value) : null;
}

/** A width that never asks for more than there is: on a phone nothing lies beyond the edge. */
function width(value: unknown): string | null {
  const given = size(value);
  return given && /^([\d.]+[a-z%]+|calc\(.*\))$/.test(given) ? `min(100%, ${given})` : given;
}

function sides(property: "padding" | "margin", value: unknown): Styles {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object") return { [property]: spacing(value) };
  const given = value as Record<string, unknown>;
  return Object.fromEntries(
    SIDES.map((side) => {
      const axis = side === "top" || side === "bottom" ? given.y : given.x;
      return [`${property}-${logical(side)}`, spacing(given[side] ?? axis)];
    }),
  );
}

/** Left and right are where a line begins and ends, so that widgets turn with the language. */
function logical(side: (typeof SIDES)[number]): string {
  return { top: "block-start", bottom: "block-end", left: "inline-start", right: "inline-end" }[side];
}

function border(value: unknown): string | null {
  if (typeof value === "number") return `${value}px solid ${LINE.default}`;
  if (!value || typeof value !== "object") return null;
  const { size: width, color, style } = value as { size?: unknown; color?: unknown; style?: unknown };
  if (typeof width !== "number") return null;
  return `${width}px ${typeof style === "string" ? style : "solid"} ${lineColour(color) ?? LINE.default}`;
}

function borders(value: unknown): Styles {
  const whole = border(value);
  if (whole) return { border: whole };
  if (!value || typeof value !== "object") return {};
  const given = value as Record<string, unknown>;
  return Object.fromEntries(
    SIDES.map((side) => {
      const axis = side === "top" || side === "bottom" ? given.y : given.x;
      return [`border-${logical(side)}`, border(given[side] ?? axis)];
    }),
  );
}

/** Whether a width, or a share of the room, was given. */
export function isSized(node: Record<string, unknown>): boolean {
  return [node.width, node.size, node.flex].some((given) => given !== undefined && given !== null);
}

/** Size, margin and corners, as any block has them. */
export function block(node: Record<string, unknown>): Styles {
  const both = size(node.size);
  const ratio = node.aspectRatio;
  return {
    height: size(node.height) ?? both,
    width: size(node.width) ?? both,
    "min-height": size(node.minHeight) ?? size(node.minSize),
    "min-width": width(node.minWidth ?? node.minSize),
    "max-height": size(node.maxHeight) ?? size(node.maxSize),
    "max-width": width(node.maxWidth ?? node.maxSize) ?? (isSized(node) ? "100%" : null),
    "aspect-ratio": typeof ratio === "number" || typeof ratio === "string" ? String(ratio) : null,
    "border-radius": RADIUS[String(node.radius)] ?? null,
    ...sides("margin", node.margin),
  };
}

export function box(node: Record<string, unknown>, direction: "row" | "column"): Styles {
  const { flex } = node;
  return {
    display: "flex",
    "flex-direction": direction,
    "align-items": ALIGN[String(node.align)] ?? (direction === "row" ? "center" : null),
    "justify-content": JUSTIFY[String(node.justify)] ?? null,
    "flex-wrap": ["nowrap", "wrap", "wrap-reverse"].includes(String(node.wrap)) ? String(node.wrap) : null,
    flex: share(flex),
    gap: spacing(node.gap),
    "background-color": groundColour(node.background),
    ...sides("padding", node.padding),
    ...borders(node.border),
    ...block(node),
  };
}

/** What a chart says of its size; by itself it is as high as its drawing needs. */
export function chartBox(node: Record<string, unknown>): Styles {
  return { ...block(node), flex: share(node.flex) };
}

/** Its part of the room in a row or a column. */
export function share(flex: unknown): string | null {
  return typeof flex === "number" || typeof flex === "string" ? String(flex) : null;
}

const CONTROL: Record<string, [height: number, letters: number]> = {
  "3xs": [24, 0.8],
  "2xs": [26, 0.8],
  xs: [28, 0.87],
  sm: [32, 0.93],
  md: [36, 1],
  lg: [40, 1],
  xl: [44, 1],
  "2xl": [48, 1.07],
  "3xl": [52, 1.13],
};
const GUTTER: Record<string, number> = { "2xs": 6, xs: 8, sm: 10, md: 12, lg: 14, xl: 16 };

/** How high a control is, and how far its text stands from its edges. */
export function control(node: Record<string, unknown>): Styles {
  const [height, letters] = CONTROL[String(node.size)] ?? [];
  const gutter = GUTTER[String(node.gutterSize)];
  return {
    "--_height": height === undefined ? null : `${height}px`,
    "--_letters": letters === undefined ? null : `${letters}em`,
    "padding-inline": gutter === undefined ? null : `${gutter}px`,
  };
}

const WEIGHT: Record<string, string> = { normal: "400", medium: "500", semibold: "600", bold: "700" };

export function text(node: Record<string, unknown>): Styles {
  const lines = node.maxLines;
  const clamp = typeof lines === "number" && lines > 0;
  const align = node.textAlign;
  return {
    color: textColour(node.color),
    "font-weight": WEIGHT[String(node.weight)] ?? null,
    "text-align": align === "start" || align === "center" || align === "end" ? align : null,
    "-webkit-line-clamp": clamp ? String(lines) : null,
    width: width(node.width),
    "font-style": node.italic === true ? "italic" : null,
    "text-decoration": node.lineThrough === true ? "line-through" : null,
    "min-height": typeof node.minLines === "number" ? `${node.minLines * 1.55}em` : null,
  };
}
