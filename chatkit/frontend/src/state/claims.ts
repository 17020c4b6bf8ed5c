/** What only one tab may do at a time: by Web Locks, on plain http: pages by marks in storage. */
import { site } from "../kept";

export type Release = () => void;

/** A mark that nobody has renewed for so long is that of a tab which is gone. Hidden tabs only wake once a minute. */
const STALE = 90_000;
const RENEW = 1000;

/** Null while another tab has it. A tab that goes away releases what it has. */
export function claim(name: string): Promise<Release | null> {
  const { locks } = navigator;
  if (!locks) return claimByMark(name);
  return new Promise((resolve) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock) return new Promise<void>((release) => resolve(release));
        resolve(null);
        return undefined;
      })
      // Refused, as in a sandboxed frame: there are no other tabs then.
      .catch(() => resolve(() => undefined));
  });
}

/** Resolves once nobody has it. */
export async function released(name: string): Promise<void> {
  if (navigator.locks) await navigator.locks.request(name, { mode: "shared" }, () => undefined);
  else while (marked(name)) await pause(RENEW);
}

async function claimByMark(name: string): Promise<Release | null> {
  if (marked(name)) return null;
  const me = Math.random().toString(36).slice(2);
  const mark = () => site.set(`lock:${name}`, `${me} ${Date.now()}`);
  const mine = () => site.get(`lock:${name}`)?.startsWith(me) ?? false;
  if (!mark()) return () => undefined;
  // Of two tabs that mark at once the last one has it.
  await pause(60);
  if (!mine()) return null;
  const timer = setInterval(mark, RENEW);
  const release = () => {
    clearInterval(timer);
    window.removeEventListener("pagehide", release);
    if (mine()) site.set(`lock:${name}`, "");
  };
  window.addEventListener("pagehide", release);
  return release;
}

function marked(name: string): boolean {
  const at = Number(site.get(`lock:${name}`)?.split(" ")[1] ?? Number.NaN);
  return Math.abs(Date.now() - at) < STALE;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
