/**
 * From the `theme` option and the page's own custom properties to the variables the sheets use. No DOM.
 * The page wins: a `--chatkit-…` property on or above the element beats the option, the option the default.
 * Derived colours are moved until text has 4.5:1 and the edges of controls have 3:1.
 */
import type { ThemeOption } from "@openai/chatkit";
import { contrast, fromHsl, luminance, mix, type Rgb, reach, readableOn, toCss } from "./colour";

const DEFAULTS = {
  light: { background: "#ffffff", text: "#3a3541", primary: "#9155fd" },
  dark: { background: "#312d4b", text: "#e7e3fc", primary: "#9e69fd" },
};
const STATES = { success: "#56ca00", info: "#16b1ff", warning: "#ffb400", danger: "#ff4c51" };

const RADII = { pill: "24px", round: "16px", soft: "8px", sharp: "0px" };
const FONT = '"Inter", "Inter Variable", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';
const CODE = { keyword: 265, string: 140, number: 25, title: 210 };

/** What the page around the element says. */
export interface Surroundings {
  /** The value of the custom property `--chatkit-<name>`, "" where there is none. */
  given(name: string): string;
  /** A colour in any of CSS's notations; null for what is none. */
  compute(value: string): Rgb | null;
}

export type Variables = Record<string, string> & { scheme: "light" | "dark" };

export function variablesFor(theme: ThemeOption, page: Surroundings): Variables {
  const { given } = page;
  const wanted = theme.colorScheme === "dark" ? "dark" : "light";
  const defaults = DEFAULTS[wanted];
  const grays = grayscale(theme, wanted);
  const colour = (...values: (string | undefined)[]): Rgb => {
    for (const value of values) {
      const parsed = value ? page.compute(value) : null;
      if (parsed) return parsed;
    }
    return [0.5, 0.5, 0.5];
  };

  const { accent, surface } = theme.color ?? {};
  const background = colour(given("background-color"), surface?.background, grays?.background, defaults.background);
  const fallbackText = colour(grays?.text, defaults.text);
  const text = reach(colour(given("text-color"), surface?.foreground, toCss(fallbackText)), [background], 4.5);
  const primary = colour(given("primary-color"), accent?.primary, defaults.primary);
  // The page may have turned dark by its own means: what counts is the ground we really stand on.
  const dark = luminance(background) < 0.2;
  const level = accent?.level ?? 1;
  const tint = mix(text, background, dark ? 0.07 : 0.05);
  // On a ground of middle grey there is no room for a tint that text can still be read on.
  const raised = colour(given("surface-color"), toCss(contrast(text, tint) >= 4.5 ? tint : background));
  const bubble = colour(
    given("user-message-color"),
    toCss(mix(primary, background, [0.08, 0.12, 0.2, 0.3][level] ?? 0.12)),
  );
  const { ground, ink } = solid(primary);
  const edge = mix(text, background, 0.14);

  const variables: Variables = {
    background: toCss(background),
    text: toCss(text),
    secondary: toCss(reach(mix(text, background, 0.7), [background, raised, bubble], 4.5)),
    raised: toCss(raised),
    hover: toCss(mix(text, background, dark ? 0.1 : 0.06)),
    border: toCss(colour(given("border-color"), toCss(edge))),
    control: toCss(reach(mix(text, background, 0.4), [background], 3)),
    primary: toCss(primary),
    "primary-solid": toCss(ground),
    "primary-solid-hover": toCss(mix(ink[0] ? [0, 0, 0] : [1, 1, 1], ground, 0.1)),
    "on-primary": toCss(ink),
    "primary-text": toCss(reach(primary, [background, bubble, mix(primary, background, 0.12)], 4.5)),
    "primary-soft": toCss(mix(primary, background, 0.12)),
    focus: toCss(reach(primary, [background, raised], 3)),
    bubble: toCss(bubble),
    "bubble-text": toCss(reach(text, [bubble], 4.5)),
    scheme: dark ? "dark" : "light",
  };
  for (const [name, value] of Object.entries(STATES)) {
    const tone = colour(given(`${name}-color`), value);
    const soft = mix(tone, background, dark ? 0.16 : 0.12);
    variables[name] = toCss(tone);
    variables[`${name}-soft`] = toCss(soft);
    variables[`${name}-text`] = toCss(reach(tone, [background, soft], 4.5));
  }
  for (const [name, hue] of Object.entries(CODE)) {
    variables[`code-${name}`] = toCss(reach(fromHsl(hue, 0.65, dark ? 0.72 : 0.38), [raised], 4.5));
  }

  const typography = theme.typography ?? {};
  const radius = given("border-radius");
  variables.font = given("font-family") || safeFont(typography.fontFamily) || FONT;
  variables.mono = given("font-family-mono") || safeFont(typography.fontFamilyMono) || MONO;
  variables.size = given("font-size") || `${typography.baseSize ?? 15}px`;
  variables.radius = radius || RADII[theme.radius ?? "pill"] || RADII.pill;
  variables["frame-radius"] = radius || "0px";
  variables.gap = { compact: "0.75", normal: "1", spacious: "1.35" }[theme.density ?? "normal"] ?? "1";
  return variables;
}

/** The primary as a ground for text: white is kept where a little darkening makes it readable. */
function solid(primary: Rgb): { ground: Rgb; ink: Rgb } {
  const ink: Rgb = contrast([1, 1, 1], primary) >= 2.6 ? [1, 1, 1] : readableOn(primary);
  let ground = primary;
  for (let step = 0; step < 60 && contrast(ink, ground) < 4.6; step++) {
    ground = mix(ink[0] ? [0, 0, 0] : [1, 1, 1], ground, 0.03);
  }
  return { ground, ink };
}

/** The page and ink colours of `theme.color.grayscale`. */
function grayscale(theme: ThemeOption, scheme: "light" | "dark"): { background: string; text: string } | null {
  const gray = theme.color?.grayscale;
  if (!gray || typeof gray.hue !== "number") return null;
  const saturation = Math.min(9, Math.max(0, gray.tint ?? 0)) * 0.03;
  const shade = Math.min(4, Math.max(-4, gray.shade ?? 0)) * 0.012;
  const [background, text] = scheme === "dark" ? [0.13 + shade, 0.92] : [0.985 + Math.min(shade, 0), 0.2];
  return {
    background: toCss(fromHsl(gray.hue, saturation, background)),
    text: toCss(fromHsl(gray.hue, saturation, text)),
  };
}

function safeFont(family: unknown): string | null {
  return typeof family === "string" && /^[\p{L}\p{N}\s,'"_-]+$/u.test(family) ? family : null;
}
