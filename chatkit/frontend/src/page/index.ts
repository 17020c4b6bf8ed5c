/**
 * Starts every chat on the page, now and when a part with one is put into the page later, and lets it
 * rest while it is out of the page. It watches the document, for sites such as Turbo's change the body.
 */
import { Chat } from "./chat";
import { readConfig } from "./config";
import { connectDrawer, connectSkipLinks } from "./drawer";
import { forgetAll } from "./memory";
import { connectPanel } from "./panel";
import { connectSources } from "./source";

/** On the page that says so, the person has just deleted all of their conversations. */
function forgetDeleted(): void {
  const told = document.querySelector("[data-ck-deleted]");
  told?.removeAttribute("data-ck-deleted");
  if (told) forgetAll();
}

/** Chats by their container, also of containers that are out of the page and may come back. */
const chats = new WeakMap<HTMLElement, Chat>();
/** Those in the page. */
const present = new Set<Chat>();

/** Starts a chat when it is about to come into sight: each page of a site may have one, closed or far below. */
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      const chat = chats.get(target as HTMLElement);
      if (!isIntersecting || !chat || !present.has(chat)) continue;
      seen.unobserve(target);
      chat.enter();
    }
  },
  { rootMargin: "200px" },
);

function look(): void {
  for (const chat of present) {
    if (chat.container.isConnected) continue;
    present.delete(chat);
    seen.unobserve(chat.container);
    chat.leave();
  }
  for (const container of document.querySelectorAll<HTMLElement>(".chatkit-container[data-chatkit]")) {
    const chat = chats.get(container) ?? made(container);
    if (!chat || present.has(chat)) continue;
    present.add(chat);
    // The page whose heart it is starts it at once; elsewhere it may stand where nobody looks.
    if (chat.config.page) chat.enter();
    else seen.observe(container);
  }
}

function made(container: HTMLElement): Chat | null {
  const config = readConfig(container);
  if (!config) return null;
  const { id } = config.workflow;
  const twins = [...present].filter((chat) => chat.config.workflow.id === id).length;
  const chat = new Chat(container, config, twins ? `${id}:${twins + 1}` : id);
  chats.set(container, chat);
  container.addEventListener("chatkit:ask", ({ detail }) => chat.ask(detail.text, detail.send));
  const page = container.closest<HTMLElement>("[data-ck-page]");
  if (page && config.page) {
    connectPanel(page, chat);
    connectDrawer(page, chat);
    connectSkipLinks(chat);
    connectSources(page, chat);
  }
  return chat;
}

function begin(): void {
  look();
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", look);
  // What the back/forward cache keeps may be older than a log-out: a conversation is not kept in it. The
  // page around it, with what was written into its forms, is.
  addEventListener("pagehide", (event) => {
    if (event.persisted) for (const chat of present) chat.leave();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const chat of present) if (chat.entered) chat.enter();
  });
}

forgetDeleted();
// Each tag brings the script along, and some sites run the scripts of a page at each visit.
const RUNS = Symbol.for("chatkit.page");
if (!Object.hasOwn(window, RUNS)) {
  Object.defineProperty(window, RUNS, { value: true });
  begin();
}
