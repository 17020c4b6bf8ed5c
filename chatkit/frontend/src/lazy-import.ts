/** Heavy parts are fetched when a message first needs them, from beside chatkit.js. */
import type * as Highlight from "./lazy/highlight";
import type * as Icons from "./lazy/icons";
import type * as Maths from "./lazy/maths";
import type { Strings } from "./translations/strings";

interface Parts {
  highlight: typeof Highlight;
  icons: typeof Icons;
  maths: typeof Maths;
  ar: { default: Strings };
  es: { default: Strings };
  pt: { default: Strings };
}

/** File names with the hash of their content, put in by the build. */
declare const __CHUNKS__: Record<keyof Parts, string>;

// `document.currentScript` is only there while the script runs for the first time.
const script =
  (document.currentScript as HTMLScriptElement | null)?.src ||
  document.querySelector<HTMLScriptElement>('script[src*="chatkit"]')?.src ||
  document.baseURI;

const loading = new Map<string, Promise<unknown>>();

/** Rejects when the part cannot be fetched; the next call tries again. */
export function lazy<K extends keyof Parts>(name: K): Promise<Parts[K]> {
  let part = loading.get(name);
  if (!part) {
    part = import(new URL(__CHUNKS__[name], script).href);
    part.catch(() => loading.delete(name));
    loading.set(name, part);
  }
  return part as Promise<Parts[K]>;
}
