/** What the Markdown of a message may ask the element to do. */
import { identity } from "../markdown/citations";
import type { MarkdownContext } from "../markdown/context";
import { linkBase } from "./cited";
import { openEntity } from "./named";
import type { Ui } from "./ui";

export function markdownContext(ui: Ui): MarkdownContext {
  return {
    strings: ui.strings,
    direction: ui.locale.direction,
    imageDomains: ui.conversation.thread.imageDomains,
    get base() {
      return linkBase(ui.options);
    },
    onDeeplink: ({ name, data }) => ui.emit("chatkit.deeplink", { name, data }),
    onEntity: (source) => {
      const { id, title, icon, interactive, group, data } = source;
      openEntity(ui, { id, title, icon, interactive, group, data: data as Record<string, string> });
      ui.emit("chatkit.log", { name: "entity.click", data: { source: identity(source).split(" ")[0] } });
    },
    copy: (text) => ui.copy(text),
  };
}
