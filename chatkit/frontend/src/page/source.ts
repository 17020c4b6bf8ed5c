/**
 * A help article that an answer cites, in a dialog on the chat page: from the side, on a phone from below. Whoever wants
 * another tab has Ctrl and the middle button as on every link.
 */
import type { Chat } from "./chat";
import { closable } from "./drawer";
import { findPassage, namedPassage, namedSection, sectionOf } from "./passage";

const HIGHLIGHT = "chatkit-passage";

export function connectSources(page: HTMLElement, chat: Chat): void {
  const drawer = page.querySelector<HTMLDialogElement>("[data-ck-source]");
  const body = drawer?.querySelector<HTMLElement>("[data-ck-source-body]");
  const title = drawer?.querySelector<HTMLElement>(".ck-drawer-title");
  const whole = drawer?.querySelector<HTMLAnchorElement>("[data-ck-source-page]");
  const help = drawer?.dataset.ckSource;
  if (!drawer || !body || !title || !whole || !help) return;
  let asked = 0;
  closable(drawer);

  const show = async (link: HTMLAnchorElement) => {
    const turn = ++asked;
    whole.href = link.href;
    title.textContent = link.title || link.textContent;
    body.replaceChildren(bones());
    if (!drawer.open) drawer.showModal();
    body.scrollTop = 0;
    title.focus();
    const article = await read(link.href);
    if (turn !== asked || !drawer.open) return;
    if (article) put(article, link.href);
    else body.replaceChildren(sentence(chat.config.texts.network));
  };

  const put = (article: HTMLElement, href: string) => {
    const heading = article.querySelector("h1");
    title.textContent = heading?.textContent ?? title.textContent;
    title.lang = article.lang;
    heading?.remove();
    for (const part of article.querySelectorAll(".ck-below")) part.remove(); // what is asked there belongs to the page
    body.replaceChildren(article);
    const passage = namedPassage(href);
    const anchor = namedSection(href);
    const section = anchor ? article.querySelector(`[id="${CSS.escape(anchor)}"]`) : null;
    const range = (passage && findPassage(article, passage)) || (section && sectionOf(section));
    mark(range);
    const place = section ?? range?.startContainer.parentElement;
    place?.scrollIntoView({ block: "start" });
  };

  const follow = (event: MouseEvent) => {
    const link = event.composedPath().find((part) => part instanceof HTMLAnchorElement);
    const other = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || other || event.defaultPrevented || link === whole) return;
    const { origin, pathname } = new URL(link.href, location.href);
    if (origin !== location.origin || !pathname.startsWith(help) || pathname === help) return;
    event.preventDefault();
    void show(link);
  };
  chat.container.addEventListener("click", follow);
  body.addEventListener("click", follow);
  drawer.addEventListener("close", () => {
    asked++;
    mark(null);
    body.replaceChildren();
  });
}

/** The article of a help page; null where it can't be had, as after a log-out. */
function read(href: string): Promise<HTMLElement | null> {
  const address = new URL(href);
  address.hash = "";
  return new Promise((resolve) => {
    // Unlike a string that is parsed, a document that is asked for needs no policy for trusted types.
    const request = new XMLHttpRequest();
    request.open("GET", address.href);
    request.responseType = "document";
    request.timeout = 20_000;
    request.addEventListener("loadend", () => {
      const found = request.status === 200 ? request.responseXML?.querySelector<HTMLElement>(".ck-article") : null;
      if (!found) return resolve(null);
      const article = document.importNode(found, true);
      // Where a passage stands depends on them.
      void borrowStyles(request.responseXML as Document).then(() => resolve(article));
    });
    request.send();
  });
}

/** The sheet of help articles, under whichever name the page has it. */
async function borrowStyles(from: Document): Promise<void> {
  for (const { href } of from.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"][href*="/article"]')) {
    if ([...document.styleSheets].some((sheet) => sheet.href === href)) continue;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    await new Promise((resolve) => {
      link.addEventListener("load", resolve);
      link.addEventListener("error", resolve);
      document.head.append(link);
    });
  }
}

function mark(range: Range | null): void {
  if (!("highlights" in CSS)) return;
  if (range) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
  else CSS.highlights.delete(HIGHLIGHT);
}

function bones(): HTMLElement {
  const box = document.createElement("div");
  box.className = "ck-source-bones";
  box.setAttribute("aria-busy", "true");
  for (let line = 0; line < 5; line++)
    box.append(Object.assign(document.createElement("div"), { className: "ck-bones" }));
  return box;
}

function sentence(text: string): HTMLElement {
  return Object.assign(document.createElement("p"), {
    className: "ck-source-problem",
    role: "alert",
    textContent: text,
  });
}
