/** One error class for everything that can go wrong between the element and a server. */

export interface ErrorDetails {
  status?: number;
  /** Seconds to wait before another try. */
  retryAfter?: number;
  /** A sentence from the server, already translated and fit for a user. */
  userMessage?: string;
  /** The file of the message that the server keeps no more. */
  file?: string;
  cause?: unknown;
}

/**
 * `code` is the server's (`rate_limited`, `run_in_progress`, …), `http_<status>` when an answer had none,
 * or one of ours: `network`, `interrupted`, `bad_response`, `hosted_workflow`, `session_failed`.
 */
export class ApiError extends Error {
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;
  readonly userMessage: string | undefined;
  readonly file: string | undefined;

  constructor(
    readonly code: string,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = "ChatKitError";
    this.status = details.status;
    this.retryAfter = details.retryAfter;
    this.userMessage = details.userMessage;
    this.file = details.file;
  }

  /** True when the person has to sign in again before anything else can work. */
  get signedOut(): boolean {
    return this.status === 401;
  }
}

/** What came too late: the thread is another one now. */
export function left(): ApiError {
  return new ApiError("left", "The chat was left before the server had this.");
}

/** Reads `{"error": {"code", "message"}}`; any other body of a failed response is never shown. */
export async function errorFrom(response: Response): Promise<ApiError> {
  let code = `http_${response.status}`;
  let userMessage: string | undefined;
  let file: string | undefined;
  try {
    const error = (await response.json())?.error;
    if (typeof error?.code === "string") code = error.code;
    if (typeof error?.message === "string" && error.message) userMessage = error.message;
    if (typeof error?.attachment_id === "string") file = error.attachment_id;
  } catch {
    // Not JSON: the status says all that can be told.
  }
  return new ApiError(code, userMessage ?? `The server answered ${response.status}.`, {
    status: response.status,
    retryAfter: seconds(response.headers),
    userMessage,
    file,
  });
}

/** A time of day counts from the server's own clock where it says it: the one here may be wrong. */
function seconds(headers: Headers): number | undefined {
  const header = headers.get("Retry-After");
  if (!header) return undefined;
  const now = Date.parse(headers.get("Date") ?? "") || Date.now();
  const value = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isFinite(value) ? Math.max(0, Math.ceil(value)) : undefined;
}

/**
 * What the page's own functions threw. An error that carries `code` or `status` (as the page script's
 * does) keeps them, and its message counts as fit for a user; any other keeps its message for the log only.
 */
export function fromHost(thrown: unknown, code: string): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const error = thrown as { code?: unknown; status?: unknown; retryAfter?: unknown; message?: unknown } | null;
  const message = typeof error?.message === "string" ? error.message : String(thrown);
  const told = typeof error?.code === "string" || typeof error?.status === "number";
  return new ApiError(typeof error?.code === "string" ? error.code : code, message, {
    status: typeof error?.status === "number" ? error.status : undefined,
    retryAfter: typeof error?.retryAfter === "number" ? error.retryAfter : undefined,
    userMessage: told ? message : undefined,
    cause: thrown,
  });
}
