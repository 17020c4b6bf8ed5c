/** Waits for the chat script, which the page loads beside this one, to define the element. */
import { trustedAddress } from "../trusted-types";
import type { PageConfig } from "./config";

export const TAG = "openai-chatkit";

/** Thrown when the script is blocked, missing, broken or too slow. */
export class ScriptMissing extends Error {}

/**
 * Resolves once the element is defined; ScriptMissing after `seconds`, or at once where it has failed.
 * `again` asks for a script anew that had failed before.
 */
export function scriptReady({ url, ours, seconds }: PageConfig["script"], again: boolean): Promise<void> {
  if (customElements.get(TAG)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const fail = () => {
      clearTimeout(timer);
      reject(new ScriptMissing());
    };
    const timer = setTimeout(fail, seconds * 1000);
    void customElements.whenDefined(TAG).then(() => {
      clearTimeout(timer);
      resolve();
    });
    // A tag that came with `innerHTML` never runs. Ours may be loaded twice, and defines the element once.
    if (again || (document.readyState === "complete" && (ours || !tags(url).length))) load(url);
    for (const tag of tags(url)) tag.addEventListener("error", fail, { once: true });
    // It may have failed before this script ran. A page's `load` waits for its scripts, so one that
    // has not defined the element by then never will, unless it was put into the page later.
    const after = () => void setTimeout(() => !customElements.get(TAG) && fail());
    if (document.readyState !== "complete" && tags(url).length) addEventListener("load", after, { once: true });
  });
}

function load(url: string): void {
  const script = document.createElement("script");
  for (const old of tags(url)) {
    script.nonce = old.nonce;
    Object.assign(script.dataset, old.dataset);
    old.remove();
  }
  try {
    script.src = trustedAddress(new URL(url, location.href).href);
  } catch {
    return; // the page's Trusted Types refuse it; whoever waits for the element hears that it is missing
  }
  script.async = true;
  script.dataset.chatkitScript = "";
  document.head.append(script);
}

function tags(url: string): HTMLScriptElement[] {
  const { href } = new URL(url, location.href);
  return [...document.querySelectorAll<HTMLScriptElement>("script[data-chatkit-script]")].filter(
    (tag) => tag.src === href,
  );
}
