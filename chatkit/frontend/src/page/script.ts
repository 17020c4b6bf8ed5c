/** Waits for the chat script, which the page loads beside this one, to define the element. */

export const TAG = "openai-chatkit";

/** Thrown when the script is blocked, missing, broken or too slow. */
export class ScriptMissing extends Error {}

/** Resolves once the element is defined; ScriptMissing after `seconds`, or at once where it has failed. */
export function scriptReady(url: string, seconds: number): Promise<void> {
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
    const tags = [...document.querySelectorAll<HTMLScriptElement>("script[data-chatkit-script]")].filter(
      (tag) => tag.src === new URL(url, document.baseURI).href,
    );
    for (const tag of tags) tag.addEventListener("error", fail, { once: true });
    // It may have failed before this script ran. A page's `load` waits for its scripts, so one that
    // has not defined the element by then never will, unless it was put into the page later.
    const after = () => void setTimeout(() => !customElements.get(TAG) && fail());
    if (document.readyState !== "complete" && tags.length) addEventListener("load", after, { once: true });
  });
}

/** Asks for the script anew, after it failed. */
export function loadAgain(url: string): void {
  const script = document.createElement("script");
  for (const old of document.querySelectorAll<HTMLScriptElement>("script[data-chatkit-script]")) {
    if (old.src !== new URL(url, document.baseURI).href) continue;
    Object.assign(script.dataset, old.dataset);
    old.remove();
  }
  script.src = url;
  script.async = true;
  script.dataset.chatkitScript = "";
  document.head.append(script);
}
