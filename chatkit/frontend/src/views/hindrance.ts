/** Why nothing can be sent now, in words; empty when it can. */
import type { Ui } from "./ui";

export function hindrance({ conversation, strings, uploads, wait }: Ui): string {
  if (conversation.busy) return strings.stillAnswering;
  if (conversation.state.phase === "loading") return strings.loading;
  if (uploads.pending) return strings.uploading;
  return wait ? strings.waitSeconds(wait) : "";
}
