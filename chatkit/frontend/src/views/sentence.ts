/** What went wrong, as one sentence. No DOM. */
import type { Strings } from "../translations/strings";
import type { ApiError } from "../wire/api-error";

/** The server's own sentence where it sent one for users; else ours for the kind of error. */
export function sentence(error: ApiError, { errors }: Strings): string {
  if (error.userMessage) return error.userMessage;
  if (error.status === 401) return errors.signedOut;
  if (error.status === 429 || error.code === "rate_limited") return errors.rateLimited;
  if (error.status === 404) return errors.notFound;
  if (error.status === 413) return errors.tooLarge;
  switch (error.code) {
    case "network":
      return errors.network;
    case "interrupted":
      return errors.interrupted;
    case "run_in_progress":
      return errors.runInProgress;
    case "hosted_workflow":
      return errors.hostedWorkflow;
    case "session_failed":
      return errors.session;
    case "stream.error":
    case "custom":
      return errors.server;
    default:
      return errors.generic;
  }
}
