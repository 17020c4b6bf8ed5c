/** The page's look as ChatKit's `theme` option: its colour scheme, and for OpenAI's script its CSS too. */
import type { ColorScheme, ThemeOption } from "@openai/chatkit";
import { pageScheme } from "./scheme";

/** `theme` for the element: the settings', the page's scheme where they name none, and the page's CSS. */
export function themeFor(
  container: HTMLElement,
  settings: ColorScheme | ThemeOption | undefined,
  readCss: boolean,
): ThemeOption {
  const given: ThemeOption = typeof settings === "string" ? { colorScheme: settings } : (settings ?? {});
  const css: ThemeOption = readCss ? cssTheme(container) : {};
  const font = siteFont(container);
  if (font) css.typography = { fontFamily: font, ...css.typography };
  return {
    colorScheme: pageScheme(around(container)),
    ...css,
    ...given,
    ...(css.color || given.color ? { color: { ...css.color, ...given.color } } : {}),
    ...(css.typography || given.typography ? { typography: { ...css.typography, ...given.typography } } : {}),
  };
}

/** Lets what stands around the chat follow its scheme and the site's font: see container.css. */
export function paint(container: HTMLElement, { colorScheme = "light" }: ThemeOption): void {
  const font = siteFont(container) || "system-ui, sans-serif";
  const page = container.closest<HTMLElement>("[data-ck-page]");
  for (const part of [container, page]) {
    part?.style.setProperty("--ck-host-font", font);
    if (part) part.dataset.ckScheme = colorScheme;
  }
}

/** What the site has around all of ours. */
function around(container: HTMLElement): HTMLElement {
  return (container.closest("[data-ck-page]") ?? container).parentElement ?? document.body;
}

/** The font of the page around, "" where that is what browsers begin with, or CSS says which the chat has. */
function siteFont(container: HTMLElement): string {
  if (getComputedStyle(container).getPropertyValue("--chatkit-font-family").trim()) return "";
  const { fontFamily } = getComputedStyle(around(container));
  return fontFamily === measured(container, "font-family", "initial").fontFamily ? "" : fontFamily;
}

/** The container's `--chatkit-…` properties as options; those that are not set stay ChatKit's own. */
function cssTheme(container: HTMLElement): ThemeOption {
  const style = getComputedStyle(container);
  const read = (name: string) => style.getPropertyValue(`--chatkit-${name}`).trim();
  const theme: ThemeOption = {};
  const primary = color(container, read("primary-color"));
  const background = color(container, read("background-color"));
  const foreground = color(container, read("text-color"));
  if (primary) theme.color = { accent: { primary, level: 2 } };
  if (background && foreground) theme.color = { ...theme.color, surface: { background, foreground } };
  const radius = length(container, read("border-radius"));
  if (radius !== null) theme.radius = radius < 2 ? "sharp" : radius <= 8 ? "soft" : radius <= 16 ? "round" : "pill";
  const fontFamily = read("font-family");
  if (fontFamily) theme.typography = { fontFamily };
  return theme;
}

/** Any CSS colour as `rgb(…)`, for the option takes fewer notations than CSS has. */
function color(container: HTMLElement, value: string): string | null {
  return value && CSS.supports("color", value) ? measured(container, "color", value).color : null;
}

function length(container: HTMLElement, value: string): number | null {
  if (!value || !CSS.supports("border-top-left-radius", value)) return null;
  const pixels = parseFloat(measured(container, "border-top-left-radius", value).radius);
  return Number.isFinite(pixels) ? pixels : null;
}

function measured(container: HTMLElement, property: string, value: string) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.setProperty(property, value);
  container.append(probe);
  const { color, borderTopLeftRadius: radius, fontFamily } = getComputedStyle(probe);
  probe.remove();
  return { color, radius, fontFamily };
}
