/** What the controllers need of the element, so that they can be read without it. */
import type { ChatKitEvents, ChatKitOptions } from "@openai/chatkit";
import type { Strings } from "../translations/strings";
import type { ApiError } from "../wire/api-error";
import type { Client } from "../wire/client";
import type { ThreadItem } from "../wire/protocol";

export type EventDetail<K extends keyof ChatKitEvents> = ChatKitEvents[K] extends CustomEvent<infer D> ? D : never;

export interface Host {
  readonly client: Client;
  readonly options: ChatKitOptions;
  readonly strings: Strings;
  readonly isConnected: boolean;
  /** Tells apart what two servers, or two elements, keep in the browser. */
  readonly scope: string;
  /** Resolves when what draws these items is here, as far as can be waited for. */
  prepared(items: readonly ThreadItem[]): Promise<void>;
  /** Something a rendering depends on has changed. */
  changed(): void;
  emit<K extends keyof ChatKitEvents>(name: K, ...detail: EventDetail<K> extends void ? [] : [EventDetail<K>]): void;
  /** Says a sentence to assistive technology, once. */
  announce(text: string): void;
}

/** Tells the page about a failure and a developer what kind it was. */
export function report(host: Host, error: ApiError): void {
  host.emit("chatkit.error", { error });
}
