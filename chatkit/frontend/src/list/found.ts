/** Opens a conversation at a message that a search has found, and marks what it has of it. */
import type { Ui } from "../views/ui";
import type { Hit } from "./remote";

const NAME = "chatkit-found";
const MARKED = 8_000; // milliseconds
let timer = 0;

export async function goTo(ui: Ui & HTMLElement, thread: string, hit: Hit): Promise<void> {
  const { conversation } = ui;
  if (conversation.threadId !== thread) ui.openThread(thread);
  await conversation.settled();
  const item = hit.item_id ?? "";
  const here = () => conversation.threadId === thread;
  while (here() && !conversation.thread.entry(item) && conversation.thread.earlier !== null) {
    const before = conversation.thread.earlier;
    await conversation.loadEarlier();
    if (conversation.thread.earlier === before) return; // it could not be read: that is said
  }
  await ui.updateComplete;
  const article = ui.renderRoot.querySelector<HTMLElement>(`article[data-id="${CSS.escape(item)}"]`);
  if (!here() || !article) return;
  show(article, hit);
}

function show(article: HTMLElement, hit: Hit): void {
  const words = new Set(hit.passage.filter((piece) => piece.hit).map((piece) => piece.text));
  const ranges = rangesOf(article, words);
  const target = ranges[0]?.startContainer.parentElement ?? article;
  target.scrollIntoView({ block: "center" });
  for (const other of (article.getRootNode() as ShadowRoot).querySelectorAll("[data-found]"))
    other.removeAttribute("data-found");
  article.setAttribute("data-found", "");
  article.tabIndex = -1;
  article.focus({ preventScroll: true });
  if (ranges.length && "highlights" in CSS) CSS.highlights.set(NAME, new Highlight(...ranges));
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    article.removeAttribute("data-found");
    if ("highlights" in CSS) CSS.highlights.delete(NAME);
  }, MARKED);
}

function rangesOf(article: HTMLElement, words: ReadonlySet<string>): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < 100; node = walker.nextNode()) {
    const text = node.textContent ?? "";
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
  }
  return ranges.sort((one, other) => one.compareBoundaryPoints(Range.START_TO_START, other));
}
