/** What the server writes beside each chat: see `chatkit/page/embed.py`, which builds it. */
import type { ChatKitOptions } from "@openai/chatkit";
import type { Template } from "../options";

export type Blocked = "" | "logged_out" | "forbidden" | "not_configured" | "unknown_workflow" | "offline";

export interface Texts {
  strangerTitle: string;
  stranger: string;
  loggedOutTitle: string;
  loggedOut: string;
  loggedInTitle: string;
  loggedIn: string;
  logIn: string;
  forbiddenTitle: string;
  forbidden: string;
  emptyTitle: string;
  empty: string;
  unknownTitle: string;
  unknown: string;
  offlineTitle: string;
  limitedTitle: string;
  limited: string;
  limitedOver: string;
  scriptTitle: string;
  script: string;
  errorTitle: string;
  network: string;
  badAnswer: string;
  endedTitle: string;
  ended: string;
  startAgain: string;
  tryAgain: string;
  tryIn: string;
  reload: string;
  dismiss: string;
  otherUserTitle: string;
  otherUser: string;
  partMissing: string;
  statusLoading: string;
  statusReady: string;
  statusLost: string;
  statusProblem: string;
  statusEnded: string;
  statusExpired: string;
  expiresIn: string;
  none: string;
  endFailed: string;
}

export interface PageConfig {
  blocked: Blocked;
  /** The notice of an assistant that is offline, "" otherwise. */
  closed: string;
  workflow: { id: string; hosted: boolean };
  /** Tells one user's stored things from another's; "" when nobody is logged in. */
  user: string;
  /** Somebody without a login, whom the site lets in: `user` is "" before the first message. */
  visitor: boolean;
  /** The `user` that the visitor had who has become this one by the login. */
  was: string;
  labels: { userId: string; deviceId: string };
  urls: {
    session: string;
    cancel: string;
    endpoint: string;
    stop: string;
    login: string;
    templates: string;
    templateUsed: string;
    entities: string;
    entity: string;
  };
  csrf: { header: string; cookie: string; token: string };
  script: { url: string; ours: boolean; form: "secret" | "url"; domainKey: string; seconds: number };
  options: Omit<ChatKitOptions, "api">;
  /** Whether this reader has message templates, and those that stand on the start screen. */
  templates: { any: boolean; start: Template[] };
  /** Whether there is something that this reader may name. */
  naming: boolean;
  thread: string | null;
  ask: string;
  /** Whether `ask` is sent, as what the reader wrote elsewhere on this site. */
  send: boolean;
  notice: string;
  /** Where its link to the login leads, "" for none. */
  noticeLogin: string;
  page: boolean;
  /** The server's clock, unix milliseconds: the browser's may be wrong. */
  now: number;
  sunset: { from: number; text: string } | null;
  texts: Texts;
}

/** Under which a container that a script has made carries its configuration. */
export const CONFIG = Symbol.for("chatkit.config");

/** The configuration inside a container, or null where there is none that can be read. */
export function readConfig(container: Element & { [CONFIG]?: PageConfig }): PageConfig | null {
  if (container[CONFIG]) return container[CONFIG];
  const json = container.querySelector(':scope > script[type="application/json"]');
  try {
    return json ? (JSON.parse(json.textContent ?? "") as PageConfig) : null;
  } catch {
    return null;
  }
}

/**
 * The time on the server, in unix milliseconds, as the page was written. It runs by the browser's
 * monotonic time: the reader's clock may be wrong, and may be set while the page is open.
 */
export class Clock {
  readonly #offset: number;

  constructor(serverNow: number) {
    this.#offset = serverNow - performance.now();
  }

  now(): number {
    return performance.now() + this.#offset;
  }
}

/** A path of this site as an address, also where the page's `<base>` leads to another. */
export function onThisSite(path: string): string {
  const { href } = new URL(path, location.href);
  return new URL(path, document.baseURI).href === href ? path : href;
}

/** Puts a value where a text says `{time}`. */
export function fill(text: string, time: string): string {
  return text.replace("{time}", time);
}

/** Whole seconds as m:ss, or h:mm:ss from an hour on. */
export function duration(whole: number): string {
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, "0");
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}
