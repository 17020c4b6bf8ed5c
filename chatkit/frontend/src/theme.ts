/** Puts the theme on the element: its variables, and the fonts that it brings along. */
import type { ChatKitOptions, ThemeOption } from "@openai/chatkit";
import { parseColour, type Rgb } from "./colour";
import { variablesFor } from "./palette";

/** Reads `theme`, which may be the name of a scheme, and anything a careless page may pass. */
function themeOption(options: ChatKitOptions): ThemeOption {
  const { theme } = options;
  if (typeof theme === "string") return { colorScheme: theme };
  return theme && typeof theme === "object" ? theme : {};
}

/**
 * Sets every variable on `frame`. `probe` is an element inside it that computes colours for us. Or on a part of it, for
 * a scheme of its own.
 */
export function applyTheme(
  frame: HTMLElement,
  probe: HTMLElement,
  options: ChatKitOptions,
  part = frame,
  forced: ThemeOption = {},
): void {
  const page = getComputedStyle(frame);
  const variables = variablesFor(
    { ...themeOption(options), ...forced },
    {
      given: (name) => page.getPropertyValue(`--chatkit-${name}`).trim(),
      compute: (value) => compute(probe, value),
    },
  );
  for (const [name, value] of Object.entries(variables)) part.style.setProperty(`--_${name}`, value);
  part.style.setProperty("color-scheme", variables.scheme);
}

function compute(probe: HTMLElement, value: string): Rgb | null {
  probe.style.removeProperty("color");
  // color-mix makes the browser answer in sRGB whatever the notation was.
  probe.style.setProperty("color", `color-mix(in srgb, ${value} 100%, transparent 0%)`);
  return probe.style.color ? parseColour(getComputedStyle(probe).color) : null;
}

const loaded = new Set<string>();

/** Makes `theme.typography.fontSources` available; each font once per page. */
export function loadFonts(options: ChatKitOptions): void {
  for (const font of themeOption(options).typography?.fontSources ?? []) {
    const key = JSON.stringify(font);
    if (loaded.has(key) || typeof font?.src !== "string" || typeof font.family !== "string") continue;
    loaded.add(key);
    try {
      const url = new URL(font.src, document.baseURI);
      if (url.protocol !== "https:" && url.protocol !== "http:") continue;
      const face = new FontFace(font.family, `url(${JSON.stringify(url.href)})`, {
        weight: font.weight === undefined ? undefined : String(font.weight),
        style: font.style,
        display: font.display,
        unicodeRange: font.unicodeRange,
      });
      document.fonts.add(face);
    } catch {
      // A font that does not load leaves the next one of the family list.
    }
  }
}
