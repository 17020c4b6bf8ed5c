/** What a table stands in: it scrolls where it is too wide, with an edge that fades, and can be copied. */
import { iconElement } from "../icons";
import { lazy } from "../lazy-import";
import type { MarkdownContext } from "./context";
import { make } from "./dom";

let sizes: ResizeObserver | undefined;

/** `element` is the whole, `table` where the rows go. */
export function tableBox(context: MarkdownContext): { element: HTMLElement; table: HTMLElement } {
  const { strings } = context;
  const table = make("table");
  // Focusable, so that a wide table can be scrolled with the keyboard.
  const scroller = make(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": strings.table, part: "table" },
    table,
  );
  // Its words come from the style sheet: who copies a part of the answer does not want them.
  const copy = make("button", {
    type: "button",
    class: "quiet words",
    part: "copy-table",
    "aria-label": strings.copyTable,
  });
  copy.prepend(iconElement("copy"));
  copy.addEventListener("click", async () => {
    const part = await lazy("panels").catch(() => null);
    if (!part || !(await context.copy(part.csv(table)))) return;
    copy.firstChild?.replaceWith(iconElement("check"));
    setTimeout(() => copy.firstChild?.replaceWith(iconElement("copy")), 2000);
  });
  scroller.addEventListener("scroll", () => measure(scroller), { passive: true });
  sizes ??= new ResizeObserver((all) => {
    for (const { target } of all) measure(target.closest(".table") as HTMLElement);
  });
  for (const one of [scroller, table]) sizes.observe(one);
  return { element: make("div", { class: "table-box" }, scroller, copy), table };
}

function measure(scroller: HTMLElement | null): void {
  if (!scroller) return;
  const beyond = scroller.scrollWidth - scroller.clientWidth;
  scroller.toggleAttribute("data-wide", beyond > 1);
  scroller.toggleAttribute("data-more", beyond - Math.abs(scroller.scrollLeft) > 1);
}
