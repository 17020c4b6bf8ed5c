/** What is done where a person deletes a conversation in the plain list. */
import type { Ui } from "../views/ui";

/** Deletes it, with the focus on the next one, and leaves it where it is the open one. */
export async function removeThread(ui: Ui, id: string, focus: (selector: string) => void): Promise<void> {
  const { conversation, history, strings } = ui;
  const { threads } = history;
  const at = threads.findIndex((thread) => thread.id === id);
  const next = (threads[at + 1] ?? threads[at - 1])?.id;
  const removed = history.remove(id);
  focus(next ? `[data-thread="${CSS.escape(next)}"] .open` : "[data-search]");
  if (!(await removed)) return;
  ui.announce(strings.deleted);
  if (conversation.threadId === id) await conversation.open(null);
  conversation.forget(id);
}
