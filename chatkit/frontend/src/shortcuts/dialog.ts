/** The list of shortcuts, a modal dialog: the browser traps the focus, closes it on Escape and gives the focus back. */
import { make } from "../markdown/dom";
import type { ShortcutWords } from "./words";

export interface DialogKit {
  words: ShortcutWords;
  close: string;
  icon: Node;
  /** Whether there is a search of conversations. */
  search: boolean;
  /** Whether keys without Ctrl work wherever the focus is; some people's speech or hands press them by accident. */
  everywhere: boolean;
  choose(everywhere: boolean): void;
}

export function shortcutsDialog({ words, close, icon, search, everywhere, choose }: DialogKit): HTMLDialogElement {
  const ctrl = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : words.ctrl;
  const rows: [string, string[]][] = [
    [words.write, ["/"]],
    [words.search, search ? [ctrl, "K"] : []],
    [words.send, [words.enter]],
    [words.newLine, [words.shift, words.enter]],
    [words.editLast, ["↑"]],
    [words.stop, [words.escape]],
    [words.list, [ctrl, "/"]],
  ];
  const title = make("h2", { id: "shortcuts-title", tabindex: "-1" }, words.title);
  const button = make("button", { type: "button", class: "icon-button", "aria-label": close }, icon);
  const box = make("input", { type: "checkbox", ...(everywhere ? { checked: "" } : {}) });
  const dialog = make(
    "dialog",
    { class: "shortcuts", part: "shortcuts", "aria-labelledby": "shortcuts-title" },
    make("div", { class: "top" }, title, button),
    make("dl", {}, ...rows.filter(([, keys]) => keys.length).map(([said, keys]) => row(said, keys))),
    make("label", {}, box, words.everywhere),
  );
  button.addEventListener("click", () => dialog.close());
  box.addEventListener("change", () => choose(box.checked));
  dialog.addEventListener("click", (event) => event.target === dialog && !inside(dialog, event) && dialog.close());
  // What is pressed here is nobody else's.
  dialog.addEventListener("keydown", (event) => dialog.open && event.stopPropagation());
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
}

function row(said: string, keys: string[]): HTMLElement {
  const parts = keys.flatMap((key, index) => [...(index ? [" + "] : []), make("kbd", {}, key)]);
  return make("div", {}, make("dt", {}, said), make("dd", {}, ...parts));
}

function inside(dialog: HTMLElement, { clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
