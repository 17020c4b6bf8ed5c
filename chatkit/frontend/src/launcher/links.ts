/** Links and buttons of the page that open the chat: `data-chatkit-open`, with a question in it or without. */
import { launcher } from "./element";

const OPENER = "[data-chatkit-open]";

export function connectLinks(): void {
  document.addEventListener("click", clicked, { capture: true });
}

function clicked(event: MouseEvent): void {
  const found = launcher();
  const opener = event
    .composedPath()
    .find((node): node is HTMLElement => node instanceof HTMLElement && node.matches(OPENER));
  // Without a launcher a link leads where it says; and so it does into another tab.
  if (!found || !opener || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  // htmx follows a boosted link whatever has become of the click.
  if (opener.closest("[hx-boost], [data-hx-boost]")) event.stopPropagation();
  found.open(opener.dataset.chatkitOpen, { send: opener.hasAttribute("data-chatkit-send") });
}
