/** The sessions of one chat: the one in use, the next one at hand, and whose they are. */
import type { ChatKitContainerEvents } from "./chatkit";
import type { Clock, PageConfig } from "./config";
import { become, rememberedSession, rememberSession } from "./memory";
import { type Session, SessionApi, SessionError } from "./session";

export type Emit = <K extends keyof ChatKitContainerEvents>(
  name: K,
  detail: ChatKitContainerEvents[K]["detail"],
) => void;

export class Sessions {
  current: Session | null = null;
  readonly #api: SessionApi;
  #asked: Promise<Session> | null = null;
  /** A session that was started but whose secret the element has not taken yet. */
  #spare: Session | null = null;

  constructor(
    private readonly config: PageConfig,
    clock: Clock,
    private readonly emit: Emit,
    private readonly changed: () => void,
    /** Tells this chat's session from those of others, in what the browser remembers. */
    private readonly name: string,
  ) {
    this.#api = new SessionApi(config, clock);
  }

  /** Has a session at hand for the element, one that it has not used yet: the last one, while it lives. */
  async stock(): Promise<void> {
    if (this.#spare && this.#spare.endsAt > performance.now()) return;
    await this.renew(true);
  }

  /** Asks the server for a session in place of the present one: a new secret, or why there is none. */
  async renew(again = false): Promise<Session> {
    this.#asked ??= this.#request(again).finally(() => {
      this.#asked = null;
    });
    this.#spare = await this.#asked;
    return this.#spare;
  }

  /** `getClientSecret` of the element: `used` is null the first time, the refused secret after. */
  async secret(used: string | null): Promise<string> {
    const spare = this.#spare;
    if (spare && spare.clientSecret !== used) {
      this.#spare = null;
      return spare.clientSecret;
    }
    const session = await this.renew();
    // Our own element, and our own fetch, only ask again after a 401. Where somebody had ended the
    // session, that is not to be glossed over; the server knows, the reader's clock does not.
    const { script, texts } = this.config;
    if (used !== null && session.replaced === "cancelled" && (script.ours || script.form === "url")) {
      throw new SessionError("session_expired", texts.endedTitle, 401);
    }
    this.#spare = null;
    return session.clientSecret;
  }

  /** Ends the session on the server too. Throws SessionError. */
  async end(): Promise<void> {
    if (this.current) await this.#api.cancel(this.current.sessionId);
    this.forget();
  }

  forget(): void {
    this.current = null;
    this.#spare = null;
    rememberSession(this.name, null);
  }

  async #request(again: boolean): Promise<Session> {
    const old = this.current;
    // The page before this one, or this one before it was left, had a session: the server gives it again
    // while it lives. Its id is kept for that in this tab; a secret never is.
    const kept = old && !again ? null : (old?.sessionId ?? rememberedSession(this.name));
    const session = await this.#api.start(kept ? "" : (old?.sessionId ?? ""), kept ?? "");
    const first = session.visitor && this.config.visitor && this.config.user === "";
    if (first) {
      this.config.user = session.userKey;
      become(session.userKey);
    }
    if (session.userKey !== this.config.user) {
      throw new SessionError("user_changed", this.config.texts.otherUser);
    }
    this.current = session;
    this.changed();
    const { sessionId, expiresAt } = session;
    rememberSession(this.name, sessionId);
    const refreshed = old !== null;
    if (sessionId !== kept) this.emit("chatkit:session-created", { sessionId, expiresAt, refreshed });
    return session;
  }
}
