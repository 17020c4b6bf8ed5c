/** Starts every chat on the page, now and when a part with one is put into the page later. */
import { Chat } from "./chat";
import { readConfig } from "./config";
import { connectDrawer } from "./drawer";
import { connectPanel } from "./panel";

const started = new WeakSet<Element>();

function startAll(): void {
  for (const container of document.querySelectorAll<HTMLElement>(".chatkit-container[data-chatkit]")) {
    if (started.has(container)) continue;
    const config = readConfig(container);
    if (!config) continue;
    started.add(container);
    const chat = new Chat(container, config);
    const page = container.closest<HTMLElement>("[data-ck-page]");
    if (page && config.page) {
      connectPanel(page, chat);
      connectDrawer(page);
    }
    void chat.start();
  }
}

startAll();
new MutationObserver(startAll).observe(document.body, { childList: true, subtree: true });

// A page out of the back/forward cache may be older than a log-out: its conversation is not shown again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
