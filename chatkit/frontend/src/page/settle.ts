/** Fits the chat page into the block that a site has for it. */
const SPACE = 12; // pixels; a block with less at its side gives none
const BELOW = 16;

/** Until `signal` says that the page is put away: the window would hold it for ever. */
export function settle(page: HTMLElement, title: string, signal: AbortSignal): void {
  if (!document.querySelector("h1")) {
    // The site's template has no heading for its pages.
    const heading = document.createElement("h1");
    heading.className = "chatkit-hidden";
    heading.textContent = title;
    page.prepend(heading);
  }
  const measure = () => {
    const { left, right, top } = page.getBoundingClientRect();
    const end = document.documentElement.clientWidth - right;
    page.toggleAttribute("data-ck-edge", Math.min(left, end) < SPACE);
    // What stands above it: the message field is in sight without scrolling.
    page.style.setProperty("--ck-top", `${Math.round(top + scrollY) + BELOW}px`);
  };
  measure();
  addEventListener("resize", measure, { signal });
}
