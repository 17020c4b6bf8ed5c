/** On a phone the tabs stand in a row that scrolls: the one that is open is brought into it. */
export function showCurrent(tabs: HTMLElement): void {
  const row = tabs.querySelector<HTMLElement>("ul");
  const current = tabs.querySelector<HTMLElement>("[aria-current]");
  if (!row || !current) return;
  const [outer, inner] = [row.getBoundingClientRect(), current.getBoundingClientRect()];
  // Not scrollIntoView(), which would scroll the page, too.
  if (inner.left < outer.left || inner.right > outer.right) {
    row.scrollBy({ left: inner.left + inner.width / 2 - (outer.left + outer.width / 2), behavior: "instant" });
  }
}
