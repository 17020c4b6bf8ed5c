/** Starts, refreshes and ends sessions at this site's session API. */
import type { ChatKitConfig, ChatKitSession } from "./chatkit";
import { type Clock, onThisSite, type PageConfig } from "./config";

export interface Session extends ChatKitSession {
  sessionId: string;
  /** Unix seconds by the server's clock. */
  expiresAt: number;
  /** The same as `performance.now()` will have it. */
  endsAt: number;
  /** Tells one user from another: whose session it is. */
  userKey: string;
  /** Whether it is somebody's without a login. */
  visitor: boolean;
  /** What had become of the session that this one replaces, "" where there was none. */
  replaced: string;
}

/** A failed call. `message` is translated and fit for a user. */
export class SessionError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status?: number,
    /** Seconds to wait before the next try. */
    readonly retryAfter?: number,
    /** The page is a visitor's, and somebody has logged in meanwhile. */
    readonly loggedIn = false,
  ) {
    super(message);
    this.name = "SessionError";
  }
}

/** The server refused the reader, or they are another one. */
export function isFinal(error: unknown): boolean {
  const { status, code } = error as SessionError;
  return status === 401 || status === 403 || code === "user_changed";
}

export class SessionApi {
  constructor(
    private readonly config: PageConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * A new session; `replaces` is the session id of the one that it takes the place of. Or the one that
   * `resumes` names, where it lives still.
   */
  async start(replaces: string, resumes = ""): Promise<Session> {
    const { workflow, labels, visitor } = this.config;
    type Body = ChatKitConfig & { sessionId?: string; resumes?: string; visitor: boolean };
    const body: Body = { workflowId: workflow.id, visitor }; // whose login has ended is no visitor by that
    if (labels.userId) body.userId = labels.userId;
    if (labels.deviceId) body.deviceId = labels.deviceId;
    if (replaces) body.sessionId = replaces;
    else if (resumes) body.resumes = resumes;
    const answer = await this.#post(this.config.urls.session, body);
    const { client_secret: clientSecret, session_id: sessionId, expires_at: expiresAt } = answer;
    if (typeof clientSecret !== "string" || typeof sessionId !== "string" || typeof expiresAt !== "number") {
      throw new SessionError("bad_response", this.config.texts.badAnswer);
    }
    const { expires_in: left, user_key: userKey, replaced } = answer;
    const milliseconds = typeof left === "number" ? left * 1000 : expiresAt * 1000 - this.clock.now();
    return {
      clientSecret,
      sessionId,
      expiresAt,
      endsAt: performance.now() + milliseconds,
      userKey: typeof userKey === "string" ? userKey : this.config.user,
      visitor: answer.visitor === true,
      replaced: typeof replaced === "string" ? replaced : "",
      userId: labels.userId || undefined,
    };
  }

  async cancel(sessionId: string): Promise<void> {
    await this.#post(this.config.urls.cancel.replace("SESSION_ID", encodeURIComponent(sessionId)), {});
  }

  async #post(url: string, body: object): Promise<Record<string, unknown>> {
    const { csrf, texts } = this.config;
    let response: Response;
    try {
      response = await fetch(onThisSite(url), {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          [csrf.header]: csrf.cookie ? cookie(csrf.cookie) : csrf.token,
        },
        body: JSON.stringify(body),
      });
    } catch {
      throw new SessionError("network", texts.network);
    }
    const answer = await json(response);
    if (response.ok && answer) return answer;
    throw this.#failure(response, answer);
  }

  #failure(response: Response, answer: Record<string, unknown> | null): SessionError {
    const error = answer?.error as { code?: unknown; message?: unknown; logged_in?: unknown } | undefined;
    const told = typeof error?.code === "string" && typeof error.message === "string";
    const seconds = Number(response.headers.get("Retry-After") ?? NaN);
    return new SessionError(
      told ? String(error?.code) : "bad_response",
      told ? String(error?.message) : this.config.texts.badAnswer,
      response.status,
      Number.isFinite(seconds) ? Math.max(0, seconds) : undefined,
      error?.logged_in === "true",
    );
  }
}

async function json(response: Response): Promise<Record<string, unknown> | null> {
  try {
    const value: unknown = await response.json();
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A cookie that scripts may read, or "". */
export function cookie(name: string): string {
  for (const pair of document.cookie.split(";")) {
    const [key, ...value] = pair.trim().split("=");
    if (key === name) return decodeURIComponent(value.join("="));
  }
  return "";
}
