/**
 * What the browser keeps between two page loads: which conversation was open. Never any message; the
 * element keeps drafts under the same prefix. All of it lives in this tab only, and another user's is
 * thrown away.
 */
const PREFIX = "chatkit:";
const USER = `${PREFIX}user`;

/** Makes the tab's storage this user's: another one's threads and drafts go. */
export function claim(user: string): void {
  storage((kept) => {
    if (kept.getItem(USER) !== user) {
      for (const key of Object.keys(kept)) if (key.startsWith(PREFIX)) kept.removeItem(key);
    }
    if (user) kept.setItem(USER, user);
  });
}

export function rememberedThread(workflow: string): string | null {
  return storage((kept) => kept.getItem(`${PREFIX}thread:${workflow}`)) ?? null;
}

export function rememberThread(workflow: string, thread: string | null): void {
  storage((kept) => {
    if (thread) kept.setItem(`${PREFIX}thread:${workflow}`, thread);
    else kept.removeItem(`${PREFIX}thread:${workflow}`);
  });
}

/** Lets the address name the open conversation, so that a reload and a bookmark come back to it. */
export function showInAddress(thread: string | null): void {
  const url = new URL(location.href);
  if (thread) url.searchParams.set("thread", thread);
  else url.searchParams.delete("thread");
  url.searchParams.delete("ask");
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

// Storage is refused in some private windows and frames: then nothing is kept.
function storage<T>(use: (kept: Storage) => T): T | undefined {
  try {
    return use(sessionStorage);
  } catch {
    return undefined;
  }
}
