/** What tells one configuration from another. */
import type { ChatKitOptions } from "@openai/chatkit";

/** The server of a configuration. Functions do not count: pages make new ones all the time. */
export function address({ api }: ChatKitOptions): string {
  if (!("url" in api)) return "session";
  try {
    return new URL(api.url, document.baseURI).href;
  } catch {
    return String(api.url);
  }
}

/** The same for options that make the same chat: of functions only counts whether they are there. */
export function fingerprint(options: ChatKitOptions): string | null {
  try {
    return JSON.stringify(options, (_, value: unknown) => (typeof value === "function" ? "function" : value));
  } catch {
    return null;
  }
}
