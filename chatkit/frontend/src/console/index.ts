/** What every page of the console runs. */
import { drawPreview } from "./preview";
import { watchProgress } from "./progress";
import { makeSortable } from "./sort";
import { showCurrent } from "./tabs";

/** Finds what there is on the page. */
export function start(page: ParentNode): void {
  const tabs = page.querySelector<HTMLElement>(".ckc-tabs");
  if (tabs) showCurrent(tabs);
  const form = page.querySelector<HTMLFormElement>("form[data-ckc-sort]");
  if (form) makeSortable(form, form.closest("section") ?? page);
  const preview = page.querySelector<HTMLElement>("[data-ckc-start]");
  if (preview) void drawPreview(preview);
  const progress = page.querySelector<HTMLElement>("[data-ckc-progress]");
  if (progress) watchProgress(progress);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
else start(document);
