/** What went wrong, in words for a person, and what can be done about it. */
import { html, nothing } from "lit";
import { icon } from "../icons";
import { tryAgain } from "../state/try-again";
import { sentence } from "./sentence";
import type { Ui } from "./ui";

export function failure(ui: Ui): unknown {
  const { conversation, strings, wait } = ui;
  const { failure } = conversation.state;
  if (!failure) return nothing;
  const { error, opening, question } = failure;
  const retry = tryAgain(conversation);
  // The question has the button, where it stands alone.
  const there = question && error.code !== "interrupted" && conversation.unanswered.has(question);
  const gone = opening && error.status === 404;
  const label = error.code === "interrupted" ? strings.reconnect : strings.tryAgain;
  const start =
    gone || (opening && conversation.threadId !== null)
      ? html`<button type="button" class="button" @click=${() => ui.newChat()}>${strings.newChat}</button>`
      : null;
  const again =
    retry && !gone && !there && error.code !== "hosted_workflow"
      ? html`<button type="button" class="button" data-retry aria-disabled=${wait ? "true" : nothing} @click=${() => !wait && retry()}>${label}</button>`
      : null;
  return html`<div class="notice danger" part="error" role="alert" data-error=${error.code}>
    ${icon("danger")}
    <div class="what">
      <span dir="auto">${sentence(error, strings)}</span>
      ${wait ? html`<span data-wait aria-hidden="true">${strings.waitSeconds(wait)}</span>` : nothing}
      ${start || again ? html`<div class="do">${start}${again}</div>` : nothing}
    </div>
    ${
      opening
        ? nothing
        : html`<button type="button" class="icon-button" aria-label=${strings.dismiss} title=${strings.dismiss} @click=${() => conversation.dismiss()}>${icon("close")}</button>`
    }
  </div>`;
}
