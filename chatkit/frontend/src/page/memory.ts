/**
 * What the browser keeps between two page loads: which conversation was open. Never any message; the
 * element keeps drafts under the same prefix. All of it lives in this tab only, and another user's is
 * thrown away. Tabs share who is logged in, as a key that says nothing, and what the element's calls into
 * the page are at.
 */
const PREFIX = "chatkit:";
const USER = `${PREFIX}user`;
/** By which the elements of other tabs hear of it. */
const GONE = `${PREFIX}gone`;
const CHANGED = `${PREFIX}other-user`;
/** In place of a user: somebody without a login who had written nothing yet when somebody logged in. */
const STRANGER = "-";
/** In place of a user: another one than this page's has come. What the page writes still is for nobody. */
const NOBODY = "*";

/**
 * Makes the tab's storage this user's: another one's threads and drafts go. Those of the visitor who has
 * become this user, who it `was`, stay; so does what a tab of no user's has, written before the login.
 */
export function claim(user: string, was = ""): void {
  storage((kept) => {
    if (!isOf(kept.getItem(USER) ?? (user && STRANGER), user, was)) empty(kept);
    if (user) kept.setItem(USER, user);
  });
  storage((shared) => {
    if (!isOf(shared.getItem(USER), user, was)) empty(shared);
    if (user) shared.setItem(USER, user);
    else shared.removeItem(USER);
  }, "localStorage");
}

function isOf(left: string | null, user: string, was: string): boolean {
  return left === user || (!!user && !!left && (left === was || left === STRANGER));
}

/** Somebody has logged in at this browser: what the visitor of this tab has written waits for them. */
export function handOver(visitor: string): void {
  storage((kept) => kept.setItem(USER, visitor || STRANGER));
}

/** The stranger of this tab has a name by now: what is kept here is theirs. */
export function become(user: string): void {
  storage((kept) => kept.setItem(USER, user));
  storage((shared) => shared.setItem(USER, user), "localStorage");
}

/** Throws away what the former user left. */
export function disown(): void {
  storage(empty);
}

/** The same where their page is there still; `claim` does it again, for what it writes meanwhile. */
export function disownForNext(): void {
  disown();
  storage((kept) => kept.setItem(USER, NOBODY));
}

/** The person has deleted all conversations: nothing of them stays, in this tab and in the others. */
export function forgetAll(): void {
  disown();
  storage((shared) => {
    shared.setItem(GONE, "*");
    shared.removeItem(GONE);
  }, "localStorage");
}

/** Throws away everything, in this tab and for all: the person logs out. */
export function wipe(): void {
  storage(empty);
  storage(empty, "localStorage");
}

/**
 * Throws away what another user has left, before any of it is read. Nothing is written. A tab's own waits for
 * its user where nobody is logged in, as on the page of the login.
 */
export function disownOthers(user: string, was = ""): void {
  const others = (kept: Storage) => {
    const left = kept.getItem(USER);
    if (left && !isOf(left, user, was)) empty(kept);
  };
  if (user) storage(others);
  storage(others, "localStorage");
}

/** Whether this tab has what is a user's. */
export function isOwned(): boolean {
  return !!storage((kept) => kept.getItem(USER));
}

function empty(kept: Storage): void {
  for (const key of Object.keys(kept)) if (key.startsWith(PREFIX)) kept.removeItem(key);
}

/** Whether a `storage` event leaves it at this user. */
export function isUserKept({ key, newValue, storageArea }: StorageEvent, user: string): boolean {
  const ours = storage((shared) => storageArea === shared, "localStorage");
  return !ours || key !== USER || newValue === user;
}

export type Why = "" | "other" | "login";

/** Lets the next page of this tab know why it is a fresh one. */
export function noteFresh(why: Why): void {
  storage((kept) => kept.setItem(CHANGED, why));
}

/** Why this page is a fresh one; told once. */
export function takeFresh(): Why {
  const noted = storage((kept) => {
    const found = kept.getItem(CHANGED);
    kept.removeItem(CHANGED);
    return found as Why | null;
  });
  return noted ?? "";
}

/** `chat` tells the chats of one page apart. */
export function rememberedThread(chat: string): string | null {
  return storage((kept) => kept.getItem(`${PREFIX}thread:${chat}`)) ?? null;
}

export function rememberThread(chat: string, thread: string | null): void {
  storage((kept) => {
    if (thread) kept.setItem(`${PREFIX}thread:${chat}`, thread);
    else kept.removeItem(`${PREFIX}thread:${chat}`);
  });
}

/** The id of the session that the last page of this tab had: no secret, it opens nothing by itself. */
export function rememberedSession(chat: string): string | null {
  return storage((kept) => kept.getItem(`${PREFIX}session:${chat}`)) ?? null;
}

export function rememberSession(chat: string, session: string | null): void {
  storage((kept) => {
    if (session) kept.setItem(`${PREFIX}session:${chat}`, session);
    else kept.removeItem(`${PREFIX}session:${chat}`);
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
function storage<T>(
  use: (kept: Storage) => T,
  where: "sessionStorage" | "localStorage" = "sessionStorage",
): T | undefined {
  try {
    return use(window[where]);
  } catch {
    return undefined;
  }
}
