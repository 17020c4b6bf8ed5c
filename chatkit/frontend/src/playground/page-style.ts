/** The page's style sheet, where it says what the theme says too: its custom properties win over the theme. */
import { at, isObject, type Options } from "./options";

const SAID: [property: string, ...options: string[]][] = [
  ["primary-color", "color.accent"],
  ["background-color", "color.surface", "color.grayscale", "colorScheme"],
  ["text-color", "color.surface", "color.grayscale", "colorScheme"],
  ["border-radius", "radius"],
  ["font-family", "typography.fontFamily"],
  ["font-size", "typography.baseSize"],
];

/** The custom properties for which the theme has something of its own. */
export function saidByTheme(options: Options): string[] {
  const { theme } = options;
  if (!isObject(theme)) return [];
  return SAID.filter(([, ...paths]) => paths.some((path) => at(theme, path) !== undefined)).map(
    ([property]) => `--chatkit-${property}`,
  );
}

/** Takes from the box what the theme says itself; those of them that the page has set. */
export function giveWay(box: HTMLElement, options: Options): string[] {
  for (const [property] of SAID) box.style.removeProperty(`--chatkit-${property}`);
  const page = getComputedStyle(box);
  const set = saidByTheme(options).filter((property) => page.getPropertyValue(property).trim());
  for (const property of set) box.style.setProperty(property, "initial");
  return set;
}
