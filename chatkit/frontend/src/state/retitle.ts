/** The title of the open conversation, which stands above it too, while another is being saved. */
import type { Thread } from "./thread";

interface Shown {
  conversation: { readonly thread: Thread };
  changed(): void;
}

/** Shows the new title at once, and the old one again where it was not saved. */
export async function retitle(ui: Shown, id: string, title: string, saving: Promise<boolean>): Promise<boolean> {
  const { thread } = ui.conversation;
  const before = thread.title;
  const wanted = title.trim();
  const shown = thread.id === id && wanted !== "";
  if (shown) thread.title = wanted;
  ui.changed();
  const saved = await saving;
  if (!saved && shown && thread.title === wanted) thread.title = before;
  ui.changed();
  return saved;
}
