/**
 * What is being written in one tab, for the chat that is opened in another. Tabs ask each other: text is
 * kept in none but the tab's own storage.
 */
import { tab } from "../kept";
import { isOwned } from "../page/memory";

const NAME = "chatkit:launcher";
const PATIENCE = 120; // milliseconds

type Told = { user: string; drafts?: Record<string, string>; out?: boolean };

/** Tells other tabs of the same person what this one has, and calls back when the person logs out. */
export function share(user: string, loggedOut: () => void, signal: AbortSignal): void {
  const channel = open();
  if (!channel) return;
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.user !== user) return;
    if (data.out) return loggedOut();
    // Where nobody is logged in, what the tab has may be a user's still.
    if (!data.drafts && (user || !isOwned())) channel.postMessage({ user, drafts: mine() } satisfies Told);
  };
  signal.addEventListener("abort", () => channel.close());
}

/** Takes over what another tab has, where this one has nothing. */
export function take(user: string): Promise<void> {
  const channel = tab.names("draft:").length ? null : open();
  if (!channel) return Promise.resolve();
  return new Promise<void>((done) => {
    channel.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.user !== user || !data.drafts) return;
      for (const [name, text] of Object.entries(data.drafts)) if (!tab.get(name)) tab.set(name, text);
      if (Object.keys(data.drafts).length) done();
    };
    channel.postMessage({ user } satisfies Told);
    setTimeout(done, PATIENCE);
  }).then(() => channel.close());
}

/** Tells the other tabs that the person logs out. */
export function tellLogOut(user: string): void {
  const channel = open();
  channel?.postMessage({ user, out: true } satisfies Told);
  channel?.close();
}

function mine(): Record<string, string> {
  return Object.fromEntries(tab.names("draft:").map((name) => [name, tab.get(name) ?? ""]));
}

function open(): BroadcastChannel | null {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return null; // a page of no origin of its own
  }
}
