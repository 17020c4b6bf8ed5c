/** What every page of the console runs. */
import { showCurrent } from "./tabs";

/** Finds what there is on the page. */
export function start(page: ParentNode): void {
  const tabs = page.querySelector<HTMLElement>(".ckc-tabs");
  if (tabs) showCurrent(tabs);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
else start(document);
