/**
 * Cards and panel on a phone: the info button moves them into a modal dialog, which brings the trapped
 * focus, Escape and the scrim; closing it moves them back.
 */
const desktop = matchMedia("(width >= 1024px)");

export function connectDrawer(page: HTMLElement): void {
  const button = page.querySelector<HTMLElement>("[data-ck-info]");
  const drawer = page.querySelector<HTMLDialogElement>("[data-ck-drawer]");
  const side = page.querySelector<HTMLElement>("[data-ck-side]");
  const body = page.querySelector<HTMLElement>("[data-ck-side-body]");
  if (!button || !drawer || !side || !body) return;

  button.addEventListener("click", () => {
    drawer.append(body);
    drawer.showModal();
  });
  drawer.addEventListener("close", () => {
    side.append(body);
    if (!desktop.matches) button.focus();
  });
  // A click on the scrim is a click on the dialog itself, outside its box.
  drawer.addEventListener("click", (event) => {
    if (event.target !== drawer) return;
    const box = drawer.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right;
    if (!inside) drawer.close();
  });
  drawer.querySelector("[data-ck-close]")?.addEventListener("click", () => drawer.close());
  page.addEventListener("ck-close-drawer", () => drawer.open && drawer.close());
  desktop.addEventListener("change", () => desktop.matches && drawer.open && drawer.close());
}
