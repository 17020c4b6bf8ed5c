/** Under an answer that was called bad: what is wrong with it. The vote is kept already, and Escape skips this. */
import { html, nothing } from "lit";
import { adopt } from "../adopt";
import { composing } from "../keys";
import type { Entry } from "../state/entry";
import { panelStyles } from "../styles/panels";
import type { FeedbackReason } from "../wire/protocol";
import type { Ui } from "./ui";

const REASONS: FeedbackReason[] = ["wrong", "outdated", "not_my_question", "other"];
/** Characters of a comment that the server takes. */
const LONGEST = 1000;

export function why(ui: Ui, entry: Entry): unknown {
  if (!entry.asking) return nothing;
  const { strings } = ui;
  adopt(ui.renderRoot, panelStyles);
  return html`<form
    class="why"
    part="feedback-reason"
    @submit=${(event: SubmitEvent) => submit(ui, entry, event)}
    @keydown=${(event: KeyboardEvent) => skipOnEscape(ui, entry, event)}
  >
    <fieldset>
      <legend>${strings.whyBad}</legend>
      <div class="buttons">
        ${REASONS.map(
          (reason) => html`<button
            type="button"
            class="button"
            part="feedback-reason-choice"
            data-reason=${reason}
            aria-pressed=${entry.reason === reason}
            @click=${() => choose(ui, entry, reason)}
          >
            ${strings.reasons[reason]}
          </button>`,
        )}
      </div>
    </fieldset>
    ${entry.reason ? html`<input class="field" type="text" name="comment" dir="auto" autocomplete="off" maxlength=${LONGEST} placeholder=${strings.whyComment} aria-label=${strings.whyComment} />` : nothing}
    <div class="buttons">
      ${entry.reason ? html`<button type="submit" class="button primary" data-send>${strings.submit}</button>` : nothing}
      <button type="button" class="button" data-skip aria-keyshortcuts="Escape" @click=${() => close(ui, entry)}>
        ${entry.reason ? strings.close : strings.skip}
      </button>
    </div>
  </form>`;
}

function choose(ui: Ui, entry: Entry, reason: FeedbackReason): void {
  void ui.conversation.votes.explain(entry, reason);
  focus(ui, entry, ".field");
}

/** Brings the focus to the question, which is drawn next. */
export function toWhy(ui: Ui, entry: Entry): void {
  if (entry.asking) focus(ui, entry, "[data-reason]");
}

function submit(ui: Ui, entry: Entry, event: SubmitEvent): void {
  event.preventDefault();
  const comment = String(new FormData(event.currentTarget as HTMLFormElement).get("comment") ?? "").trim();
  if (entry.reason && comment) void ui.conversation.votes.explain(entry, entry.reason, comment);
  close(ui, entry);
}

function skipOnEscape(ui: Ui, entry: Entry, event: KeyboardEvent): void {
  if (event.key !== "Escape" || composing(event)) return;
  event.stopPropagation();
  close(ui, entry);
}

function close(ui: Ui, entry: Entry): void {
  ui.conversation.votes.stopAsking(entry);
  focus(ui, entry, '[data-feedback="negative"]');
}

function focus(ui: Ui, entry: Entry, selector: string): void {
  void ui.updateComplete.then(() => {
    const item = ui.renderRoot.querySelector(`[data-id="${CSS.escape(entry.id)}"]`);
    item?.querySelector<HTMLElement>(selector)?.focus();
  });
}
