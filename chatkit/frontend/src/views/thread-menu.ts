/** What can be done with the conversation that is open: print it, take it away as a file, share it. */
import { icon } from "../icons";
import { ownOptions } from "../options";
import { saved } from "../saved";
import { share } from "../share/dialog";
import { english } from "../share/words";
import { fromHost } from "../wire/api-error";
import type { MenuEntry } from "./menu";
import type { Ui } from "./ui";

/** Pages of a conversation that are read for printing, at most. */
const MOST_PAGES = 200;

export function threadMenu(ui: Ui): MenuEntry[] {
  const { strings } = ui;
  const actions = ownOptions(ui.options).threadActions ?? {};
  const found: MenuEntry[] = [];
  if (actions.print) found.push({ label: strings.print, icon: icon("printer"), choose: () => void print(ui) });
  if (actions.export && ours(ui)) {
    found.push(
      { label: strings.saveMarkdown, icon: icon("download"), choose: () => void save(ui, "markdown") },
      { label: strings.saveJson, icon: icon("download"), choose: () => void save(ui, "json") },
    );
  }
  if (actions.share && ours(ui) && !ui.conversation.thread.temporary) {
    const { menu } = strings.share ?? english;
    found.push({ label: menu, icon: icon("link"), choose: () => share(ui) });
  }
  return found;
}

/** Whether the server is one of ours, which has more than the protocol. */
export function ours({ options }: Ui): boolean {
  return "getClientSecret" in options.api;
}

/** On paper stands the whole conversation, and not what has been read of it so far. */
async function print(ui: Ui): Promise<void> {
  const { conversation } = ui;
  const { thread } = conversation;
  for (let page = 0; thread.earlier !== null && page < MOST_PAGES; page++) {
    const before = thread.earlier;
    await conversation.loadEarlier();
    // It has failed, and says so, or another one was opened.
    if (thread.earlier === before || conversation.thread !== thread) return;
  }
  await ui.updateComplete;
  window.print();
}

async function save(ui: Ui, as: "markdown" | "json"): Promise<void> {
  const { conversation } = ui;
  if (conversation.threadId === null) return;
  try {
    const response = await ui.client.ask(`/threads/${encodeURIComponent(conversation.threadId)}/export?as=${as}`);
    saved(await response.blob(), nameIn(response) ?? `conversation.${as === "json" ? "json" : "md"}`);
  } catch (thrown) {
    conversation.fail(fromHost(thrown, "unknown"), null);
  }
}

/** The file's name as the server gives it. */
function nameIn(response: Response): string | undefined {
  const given = response.headers.get("Content-Disposition") ?? "";
  const [, encoded] = /filename\*=utf-8''([^;]+)/i.exec(given) ?? [];
  const [, plain] = /filename="([^"]*)"/.exec(given) ?? [];
  try {
    return encoded ? decodeURIComponent(encoded) : plain;
  } catch {
    return plain;
  }
}
