/**
 * Notices that somebody may have logged in or out in another tab. It is never more than a hint: whose
 * the login is, the server says.
 */
import type { PageConfig } from "./config";
import { isUserKept } from "./memory";
import { cookie } from "./session";

/** A log-out that is told before the server has it: by then it should have. */
const LATER = 2500; // milliseconds

export function onOtherLogin(config: PageConfig, callback: () => void, signal: AbortSignal): void {
  const { csrf } = config;
  // Django gives a new token at each login, where scripts may read it.
  let seen = cookie(csrf.cookie);
  let told = false;
  let timer = 0;
  const look = () => {
    const now = cookie(csrf.cookie);
    const changed = !!now && now !== seen;
    if (changed) seen = now;
    if (changed || told) callback();
    told = false;
  };
  addEventListener("focus", look, { signal });
  document.addEventListener("visibilitychange", look, { signal });
  const { cookieStore } = window as { cookieStore?: EventTarget };
  cookieStore?.addEventListener("change", look, { signal });
  const tell = (event: StorageEvent) => {
    if (isUserKept(event, config.user)) return;
    callback();
    told = true; // a slow log-out is seen on coming back
    clearTimeout(timer);
    timer = window.setTimeout(callback, LATER);
  };
  addEventListener("storage", tell, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
