/** Colours as numbers: mixing, luminance and contrast by WCAG. No DOM. */

/** Red, green, blue in 0..1. */
export type Rgb = readonly [number, number, number];

/** Reads what a browser computes: `rgb(…)`, `rgba(…)`, `color(srgb …)`. Null for anything else. */
export function parseColour(text: string): Rgb | null {
  const number = "(-?[\\d.]+(?:e-?\\d+)?)";
  const srgb = new RegExp(`^color\\(srgb ${number} ${number} ${number}`).exec(text);
  if (srgb) return clamp([Number(srgb[1]), Number(srgb[2]), Number(srgb[3])]);
  const rgb = new RegExp(`^rgba?\\(${number}[, ]+${number}[, ]+${number}`).exec(text);
  return rgb ? clamp([Number(rgb[1]) / 255, Number(rgb[2]) / 255, Number(rgb[3]) / 255]) : null;
}

export function toCss(colour: Rgb): string {
  return `rgb(${colour.map((channel) => Math.round(channel * 255)).join(" ")})`;
}

/** `amount` of `one` over `other`. */
export function mix(one: Rgb, other: Rgb, amount: number): Rgb {
  const channel = (index: 0 | 1 | 2) => one[index] * amount + other[index] * (1 - amount);
  return [channel(0), channel(1), channel(2)];
}

export function luminance(colour: Rgb): number {
  const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}

export function contrast(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const WHITE: Rgb = [1, 1, 1];
const BLACK: Rgb = [0, 0, 0];

/** White or black, whichever is read better on this. */
export function readableOn(background: Rgb): Rgb {
  return contrast(WHITE, background) >= contrast(BLACK, background) ? WHITE : BLACK;
}

/** The colour itself, or the nearest one towards white or black that reaches `ratio` on all backgrounds. */
export function reach(colour: Rgb, backgrounds: readonly [Rgb, ...Rgb[]], ratio: number): Rgb {
  const enough = (candidate: Rgb) => backgrounds.every((background) => contrast(candidate, background) >= ratio);
  if (enough(colour)) return colour;
  const target = readableOn(backgrounds[0]);
  for (let step = 1; step <= 50; step++) {
    const candidate = mix(target, colour, step / 50);
    if (enough(candidate)) return candidate;
  }
  return target;
}

/** Hue in degrees, saturation and lightness in 0..1. */
export function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

function clamp([red, green, blue]: Rgb): Rgb {
  const limit = (channel: number) => Math.min(1, Math.max(0, channel));
  return [limit(red), limit(green), limit(blue)];
}
