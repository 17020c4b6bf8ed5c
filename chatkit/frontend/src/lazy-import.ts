/**
 * Heavy parts are fetched when a message, or a person, first needs them: from where the tag of chatkit.js says
 * (`data-chatkit-parts`, for static files whose names carry a hash), else from beside it.
 */
import type * as Files from "./lazy/files";
import type * as Highlight from "./lazy/highlight";
import type * as Icons from "./lazy/icons";
import type * as List from "./lazy/list";
import type * as Lucide from "./lazy/lucide";
import type * as Maths from "./lazy/maths";
import type * as Panels from "./lazy/panels";
import type * as ShortcutsPart from "./lazy/shortcuts";
import type * as SuggestPart from "./lazy/suggest";
import type * as TurnsPart from "./lazy/turns";
import type * as Voice from "./lazy/voice";
import type * as WidgetsPart from "./lazy/widgets";
import { scriptTag, scriptUrl } from "./own-script";
import type { Strings } from "./translations/strings";
import { trustedAddress } from "./trusted-types";

export interface Parts {
  files: typeof Files;
  highlight: typeof Highlight;
  icons: typeof Icons;
  list: typeof List;
  lucide: typeof Lucide;
  maths: typeof Maths;
  panels: typeof Panels;
  shortcuts: typeof ShortcutsPart;
  suggest: typeof SuggestPart;
  turns: typeof TurnsPart;
  voice: typeof Voice;
  widgets: typeof WidgetsPart;
}

/** File names with the hash of their content, put in by the build: parts, and languages by code. */
declare const __CHUNKS__: Record<keyof Parts, string>;
declare const __LANGUAGES__: Record<string, string>;

const addresses = table(scriptTag?.dataset.chatkitParts);

const loading = new Map<string, Promise<unknown>>();
/** Where each part puts itself when it runs, as a function of what it shares with this script: see build.mjs. */
const PARTS = Symbol.for("chatkit.parts");
type Made = (shared: object, module: { exports: object }) => unknown;
let shared: object = {};
/** Modules that did not come: some browsers never ask for such a one again, but they do for a script. */
const failed = new Set<string>();

/** Gives parts what is in `shared.ts`; called before any is fetched. */
export function share(given: object): void {
  shared = given;
}

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

/** A part by the name under which it puts itself, and its file. */
export function fetched(name: string, file: string): Promise<unknown> {
  let part = loading.get(file);
  if (!part) {
    part = run(new URL(addresses[file] ?? file, scriptUrl)).then(() => {
      const make = (globalThis as { [PARTS]?: Record<string, Made> })[PARTS]?.[name];
      if (!make) throw new Error(`${file} is not a part of the chat.`);
      return make(shared, { exports: {} });
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
  if (origin === location.origin && !failed.has(href))
    return import(href).catch((error) => {
      failed.add(href);
      throw error;
    });
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
