/** Where else a title stands than in the list: above the open conversation, and on the start screen. */
import type { History } from "./history";
import type { Thread } from "./thread";

interface Shown {
  conversation: { readonly thread: Thread };
  history: Pick<History, "retitled">;
  changed(): void;
}

/** Shows the new title above the conversation at once, and the old one again where it was not saved. */
export async function retitle(ui: Shown, id: string, title: string, saving: Promise<boolean>): Promise<boolean> {
  const { thread } = ui.conversation;
  const before = thread.title;
  const wanted = title.trim();
  const shown = thread.id === id && wanted !== "";
  if (shown) thread.title = wanted;
  ui.changed();
  const saved = await saving;
  if (saved) ui.history.retitled(id, wanted);
  else if (shown && thread.title === wanted) thread.title = before;
  ui.changed();
  return saved;
}
