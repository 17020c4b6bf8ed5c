/** The keyboard in the list: arrows, Home and End go through the rows, F2 renames, Delete deletes, Escape goes back. */
import { composing } from "../keys";
import type { ConversationList } from "./list";

/** Ctrl or Cmd and K, on any keyboard. */
export function shortcut(event: KeyboardEvent): boolean {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey, defaultPrevented } = event;
  const k = key.toLowerCase() === "k" || (code === "KeyK" && !/^[a-z]$/i.test(key));
  return k && ctrlKey !== metaKey && !altKey && !shiftKey && !defaultPrevented;
}

export function keydown(list: ConversationList, event: KeyboardEvent): void {
  if (composing(event)) return;
  const target = event.composedPath()[0] as HTMLElement;
  if (event.key === "Escape") {
    event.stopPropagation();
    goBack(list);
    return;
  }
  if (event.key === "Tab" && !list.wide) {
    stayInside(list, event, target);
    return;
  }
  if (target.matches("[data-search]")) {
    if (event.key === "ArrowDown" || (event.key === "Enter" && list.ids.length)) {
      event.preventDefault();
      list.focusRow(list.ids[0] ?? null);
    }
    return;
  }
  const id = target.closest<HTMLElement>("[data-thread]")?.dataset.thread;
  if (id === undefined || target.matches("input")) return;
  if (act(list, id, event)) event.preventDefault();
}

function act(list: ConversationList, id: string, event: KeyboardEvent): boolean {
  const { ids } = list;
  const at = ids.indexOf(id);
  const to = (index: number) => {
    const next = ids[Math.min(Math.max(index, 0), ids.length - 1)];
    if (index < 0) list.focusSearch();
    else list.focusRow(next ?? null);
    return true;
  };
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  switch (event.key) {
    case "ArrowDown":
      return to(at + 1);
    case "ArrowUp":
      return to(at - 1);
    case "PageDown":
      return to(at + 8);
    case "PageUp":
      return to(Math.max(0, at - 8));
    case "Home":
      return to(0);
    case "End":
      return to(ids.length - 1);
    case "F2":
      if (list.ui.options.history?.showRename !== false && !list.chosen) list.edit(id);
      return true;
    case "Delete":
      if (list.ui.options.history?.showDelete !== false) void list.delete(list.picked.length ? list.picked : [id]);
      return true;
    case "ContextMenu":
      list.openMenu(id);
      return true;
    case "F10":
      if (event.shiftKey) list.openMenu(id);
      return event.shiftKey;
    default:
      return false;
  }
}

function goBack(list: ConversationList): void {
  if (list.menu !== null) list.closeMenu();
  else if (list.renaming !== null) list.edit(null);
  else if (list.chosen) list.chooseNone();
  else if (list.store.query) {
    void list.find("");
    list.focusSearch();
  } else if (list.ui.history.open) list.close();
  else if (list.store.archived) void list.show(false);
}

/** Where it lies over the chat, Tab stays in it. */
function stayInside(list: ConversationList, event: KeyboardEvent, target: HTMLElement): void {
  const all = [...list.element.querySelectorAll<HTMLElement>("button:not([tabindex='-1']), input")];
  const [first, last] = [all[0], all.at(-1)];
  const leaves = event.shiftKey ? target === first : target === last;
  if (!leaves) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
