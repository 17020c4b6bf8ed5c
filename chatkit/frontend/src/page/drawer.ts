/**
 * Cards and session panel stand beside the start screen where there is room. Behind one button they are in a modal
 * dialog at all other times, which brings the trapped focus, Escape and the scrim; closing it moves them back.
 */
import type { Chat } from "./chat";

export function connectDrawer(page: HTMLElement, chat: Chat): void {
  const button = page.querySelector<HTMLElement>("[data-ck-info]");
  const drawer = page.querySelector<HTMLDialogElement>("[data-ck-drawer]");
  const side = page.querySelector<HTMLElement>("[data-ck-side]");
  const body = page.querySelector<HTMLElement>("[data-ck-side-body]");
  if (!button || !drawer || !side || !body) return;
  const isBeside = () => getComputedStyle(side).display !== "none";
  const look = () => drawer.open && isBeside() && drawer.close();

  button.addEventListener("click", () => {
    drawer.append(body);
    drawer.showModal();
  });
  drawer.addEventListener("close", () => {
    side.append(body);
    if (!isBeside() && document.activeElement !== button) button.focus();
  });
  closable(drawer);
  page.addEventListener("ck-close-drawer", () => drawer.open && drawer.close());
  new ResizeObserver(look).observe(page);
  const begin = () => {
    page.toggleAttribute("data-ck-begin", chat.begins);
    look();
  };
  chat.watch(begin);
  begin();
}

/** Its button and a click beside it close a dialog. */
export function closable(dialog: HTMLDialogElement): void {
  // A click on the scrim is a click on the dialog itself, outside its box.
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
  dialog.querySelector("[data-ck-close]")?.addEventListener("click", () => dialog.close());
}

/** Links to the message field lead into the chat, whose field no address reaches. */
export function connectSkipLinks(chat: Chat): void {
  for (const link of document.querySelectorAll('a[href="#chatkit-composer"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      void chat.focus();
    });
  }
}
