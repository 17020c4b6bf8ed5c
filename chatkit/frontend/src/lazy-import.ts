/**
 * Heavy parts are fetched when a message, or a person, first needs them: from where the tag of chatkit.js says
 * (`data-chatkit-parts`, for static files whose names carry a hash), else from beside it.
 */
import type * as Files from "./lazy/files";
import type * as Highlight from "./lazy/highlight";
import type * as Icons from "./lazy/icons";
import type * as Maths from "./lazy/maths";
import type * as SuggestPart from "./lazy/suggest";
import type * as Voice from "./lazy/voice";
import { scriptTag, scriptUrl } from "./own-script";
import type { Strings } from "./translations/strings";
import { trustedAddress } from "./trusted-types";

interface Parts {
  files: typeof Files;
  highlight: typeof Highlight;
  icons: typeof Icons;
  maths: typeof Maths;
  suggest: typeof SuggestPart;
  voice: typeof Voice;
}

/** File names with the hash of their content, put in by the build: parts, and languages by code. */
declare const __CHUNKS__: Record<keyof Parts, string>;
declare const __LANGUAGES__: Record<string, string>;

const addresses = table(scriptTag?.dataset.chatkitParts);

const loading = new Map<string, Promise<unknown>>();
/** Where each part puts itself when it runs: see build.mjs. */
const PARTS = Symbol.for("chatkit.parts");

/** The codes of the languages that have a file in `translations`, save English. */
export const languageCodes = Object.keys(__LANGUAGES__);

/** Rejects when the part cannot be fetched; the next call tries again. */
export function lazy<K extends keyof Parts>(name: K): Promise<Parts[K]> {
  return fetched(name, __CHUNKS__[name]) as Promise<Parts[K]>;
}

/** The words of one of `languageCodes`; rejects as `lazy` does. */
export async function lazyLanguage(code: string): Promise<Strings> {
  const file = __LANGUAGES__[code];
  if (!file) throw new RangeError(`There is no language "${code}".`);
  return ((await fetched(code, file)) as { default: Strings }).default;
}

function fetched(name: string, file: string): Promise<unknown> {
  let part = loading.get(file);
  if (!part) {
    part = run(new URL(addresses[file] ?? file, scriptUrl)).then(() => {
      const parts = (globalThis as { [PARTS]?: Record<string, unknown> })[PARTS] ?? {};
      if (!(name in parts)) throw new Error(`${file} is not a part of the chat.`);
      return parts[name];
    });
    part.catch(() => {
      loading.delete(file);
      dispatchEvent(new CustomEvent("chatkit:part-missing", { detail: { name } }));
    });
    loading.set(file, part);
  }
  return part;
}

/** Another origin's modules need its consent (CORS), which static files often lack; its scripts do not. */
function run({ href, origin }: URL): Promise<unknown> {
  if (origin === location.origin) return import(href);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    script.nonce = scriptTag?.nonce ?? "";
    script.src = trustedAddress(href);
    document.head.append(script);
  });
}

function table(json: string | undefined): Record<string, string> {
  try {
    return (JSON.parse(json ?? "{}") as Record<string, string> | null) ?? {};
  } catch {
    return {};
  }
}
