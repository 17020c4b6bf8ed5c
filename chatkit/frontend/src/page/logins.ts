/**
 * Notices that somebody may have logged in or out in another tab. It is never more than a hint: whose
 * the login is, the server says.
 */
import type { PageConfig } from "./config";
import { isUserKept } from "./memory";
import { cookie } from "./session";

export function onOtherLogin({ csrf, user }: PageConfig, callback: () => void, signal: AbortSignal): void {
  // Django gives a new token at each login, where scripts may read it.
  let seen = cookie(csrf.cookie);
  const look = () => {
    const now = cookie(csrf.cookie);
    if (!now || now === seen) return;
    seen = now;
    callback();
  };
  addEventListener("focus", look, { signal });
  document.addEventListener("visibilitychange", look, { signal });
  const { cookieStore } = window as { cookieStore?: EventTarget };
  cookieStore?.addEventListener("change", look, { signal });
  addEventListener("storage", (event) => isUserKept(event, user) || callback(), { signal });
}
