/** Tags that are copied are tags again where they are pasted. */
import { tab } from "../kept";
import type { Composer } from "../state/composer";
import type { Tag } from "../state/tags";
import type { InputContent, ThreadItem } from "../wire/protocol";

interface Copied {
  text: string;
  content: InputContent[];
}

const KEY = "copied";

/** Keeps what is copied in this tab: a tag has data that nobody sees, so that no other page may put one in. */
export function keepCopied(input: HTMLTextAreaElement, composer: Composer): void {
  const { selectionStart: from, selectionEnd: to, value } = input;
  if (from === to) return;
  const content = composer.between(from, to);
  const tagged = content.some(({ type }) => type === "input_tag");
  tab.write(KEY, tagged ? { text: value.slice(from, to), content } : null);
}

/** Makes tags of a text that stands at `from` now: those of the copy, else those that the conversation has named. */
export function restoreTags(text: string, from: number, composer: Composer, items: readonly ThreadItem[]): void {
  const copied = tab.read<Copied>(KEY);
  if (copied?.text === text && Array.isArray(copied.content)) {
    let at = from;
    for (const part of copied.content) {
      if (part.type === "input_tag") composer.place(part, at);
      at += part.text.length;
    }
    return;
  }
  const named = items.flatMap((item) =>
    item.type === "user_message" ? item.content.filter((part): part is Tag => part.type === "input_tag") : [],
  );
  const fit = named.filter((tag) => text.includes(tag.text));
  if (fit.length) composer.recognise(fit);
}
