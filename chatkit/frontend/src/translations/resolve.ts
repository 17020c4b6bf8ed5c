/** From a locale code to the nearest language there is. */
import { ar } from "./ar";
import { en } from "./en";
import { es } from "./es";
import { pt } from "./pt";
import type { Strings } from "./strings";

const LANGUAGES: Record<string, Strings> = { ar, en, es, pt };
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

export interface Resolved {
  /** What was asked for: goes out as `Accept-Language`, formats dates and numbers. */
  locale: string;
  /** What the built-in strings are in. */
  language: string;
  strings: Strings;
  direction: "ltr" | "rtl";
}

/** Any of the 114 supported codes, any other code, or nothing (then the browser's). Never throws. */
export function resolve(locale: string | undefined): Resolved {
  const wanted = valid(locale) ?? valid(navigator.language) ?? "en";
  const base = wanted.split("-")[0]!.toLowerCase();
  const language = LANGUAGES[base] ? base : "en";
  return {
    locale: wanted,
    language,
    strings: LANGUAGES[language]!,
    // The direction is that of the words on the screen, so an untranslated right-to-left locale is not turned.
    direction: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr",
  };
}

function valid(locale: string | undefined): string | null {
  if (typeof locale !== "string" || !locale) return null;
  const code = locale.replace(/_/g, "-");
  try {
    // Only checked: canonical forms rename some codes (tl becomes fil) that a server may know by the old name.
    Intl.getCanonicalLocales(code);
    return code;
  } catch {
    return null;
  }
}
