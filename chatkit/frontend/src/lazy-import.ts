/** Heavy parts are fetched when a message first needs them, from beside chatkit.js. */
import type * as Highlight from "./lazy/highlight";
import type * as Icons from "./lazy/icons";
import type * as Maths from "./lazy/maths";
import { scriptUrl } from "./own-script";
import type { Strings } from "./translations/strings";

interface Parts {
  highlight: typeof Highlight;
  icons: typeof Icons;
  maths: typeof Maths;
}

/** File names with the hash of their content, put in by the build: parts, and languages by code. */
declare const __CHUNKS__: Record<keyof Parts, string>;
declare const __LANGUAGES__: Record<string, string>;

const loading = new Map<string, Promise<unknown>>();

/** The codes of the languages that have a file in `translations`, save English. */
export const languageCodes = Object.keys(__LANGUAGES__);

/** Rejects when the part cannot be fetched; the next call tries again. */
export function lazy<K extends keyof Parts>(name: K): Promise<Parts[K]> {
  return fetched(__CHUNKS__[name]) as Promise<Parts[K]>;
}

/** The words of one of `languageCodes`; rejects as `lazy` does. */
export async function lazyLanguage(code: string): Promise<Strings> {
  const file = __LANGUAGES__[code];
  if (!file) throw new RangeError(`There is no language "${code}".`);
  return ((await fetched(file)) as { default: Strings }).default;
}

function fetched(file: string): Promise<unknown> {
  let part = loading.get(file);
  if (!part) {
    part = import(new URL(file, scriptUrl).href);
    part.catch(() => loading.delete(file));
    loading.set(file, part);
  }
  return part;
}
