/**
 * Where the chat's server is not this page's site, or the page logs in by a token: what an answer links to is the
 * server's, and its help articles are read at addresses that are signed for this person.
 */
import type { ChatKitOptions } from "@openai/chatkit";
import type { Client } from "../wire/client";

interface Asking {
  options: ChatKitOptions;
  client: Pick<Client, "byToken" | "get">;
}

/** What an address in an answer is relative to. */
export function linkBase({ api }: ChatKitOptions): string {
  return "url" in api && api.url ? new URL(api.url, document.baseURI).href : document.baseURI;
}

/** Follows a link to the server's own site, as it is or, to an article, at the address that the server signs. */
export function follow({ options, client }: Asking, event: MouseEvent): void {
  const link = event.composedPath().find((part) => part instanceof HTMLAnchorElement);
  const other = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || !client.byToken || other || event.defaultPrevented || link.target !== "_blank") return;
  if (new URL(link.href).origin !== new URL(linkBase(options)).origin) return;
  event.preventDefault();
  // Now, since a browser opens no tab once the answer has come.
  const tab = window.open("", "_blank");
  if (!tab) return;
  tab.opener = null;
  void client
    .get<{ url?: unknown }>(`/article?url=${encodeURIComponent(link.href)}`)
    .then(({ url }) => (typeof url === "string" && /^https?:/.test(url) ? url : link.href))
    .catch(() => link.href)
    .then((url) => tab.location.replace(url));
}
