/** From a locale code to the nearest language there is. */
import { languageCodes, lazyLanguage } from "../lazy-import";
import { en } from "./en";
import type { Strings } from "./strings";

/** English is always here; the others, a file each beside this one, come when a page asks for them. */
const languages: Record<string, Strings> = { en };
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

export interface Resolved {
  /** What was asked for: goes out as `Accept-Language`, formats dates and numbers. */
  locale: string;
  /** What the built-in strings are in. */
  language: string;
  /** What they will be in once `fetchLanguage` has resolved. */
  nearest: string;
  strings: Strings;
  direction: "ltr" | "rtl";
}

/** Any of the 114 supported codes, any other code, or nothing (then the browser's). Never throws. */
export function resolve(locale: string | undefined): Resolved {
  const wanted = valid(locale) ?? valid(navigator.language) ?? "en";
  // A file whose language is written in several scripts names its own: readers of Traditional Chinese (zh-TW, zh-HK)
  // get no Simplified (zh-Hans). Unicode's own data has no way from one to the other either.
  const { language: base, script } = new Intl.Locale(wanted).maximize();
  const nearest = languageCodes.find((code) => code === base || code === `${base}-${script}`) ?? "en";
  const here = languages[nearest];
  const language = here ? nearest : "en";
  return {
    locale: wanted,
    language,
    nearest,
    strings: here ?? en,
    // The direction is that of the words on the screen, so an untranslated right-to-left locale is not turned.
    direction: RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr",
  };
}

/** Resolves when the nearest language is here, or cannot be had: English serves then. */
export async function fetchLanguage({ nearest }: Resolved): Promise<void> {
  if (languages[nearest]) return;
  try {
    languages[nearest] = await lazyLanguage(nearest);
  } catch {
    return;
  }
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
