/** What the Markdown of a message may use of its surroundings. */

import type { Direction } from "../direction";
import type { Deeplink } from "../links";
import type { Strings } from "../translations/strings";
import type { Source } from "../wire/protocol";

export interface MarkdownContext {
  strings: Strings;
  /** Of the chat around the message. */
  direction: Direction;
  imageDomains: readonly string[];
  /** What links are relative to. */
  readonly base: string;
  onDeeplink(link: Deeplink): void;
  onEntity(source: Extract<Source, { type: "entity" }>): void;
  copy(text: string): Promise<boolean>;
}

/** The sources of one message, each with its number, in the order they were first cited. */
export interface Cited {
  number: number;
  source: Source;
}
