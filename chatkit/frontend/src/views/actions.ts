/** The row of small buttons under an answer: one a turn, under its last words. */
import { html, nothing } from "lit";
import { icon } from "../icons";
import type { Entry } from "../state/entry";
import { type Turn, turnText } from "../state/turns";
import type { Ui } from "./ui";

export function actions(ui: Ui, entry: Entry, turn: Turn | undefined): unknown {
  if (!turn || entry.state !== "done") return nothing;
  const text = turnText(turn);
  const { feedback, retry } = ui.options.threadItemActions ?? {};
  const { conversation, strings } = ui;
  const { busy, thread } = conversation;
  const question = retry && turn.last && !busy && thread.open ? thread.questionOf(entry) : undefined;
  return html`<div class="actions" part="item-actions">
    ${
      text
        ? html`<button type="button" class="icon-button" part="item-action" data-copy aria-label=${strings.copy} title=${strings.copy} @click=${(event: Event) => void copy(ui, text, event)}>
          ${icon("copy")}${icon("check")}
        </button>`
        : nothing
    }
    ${aloud(ui, entry, text)}
    ${feedback ? [thumb(ui, entry, "positive"), thumb(ui, entry, "negative")] : nothing}
    ${
      question
        ? html`<button type="button" class="icon-button" part="item-action" data-again aria-label=${strings.retry} title=${strings.retry} @click=${() => void conversation.retry(question)}>
          ${icon("retry")}
        </button>`
        : nothing
    }
    ${ui.turns.draw((turns) => turns.beside(entry))}
  </div>
  ${feedback && entry.asking ? ui.panels.draw((part) => part.why(ui, entry)) : nothing}
  ${ui.turns.draw((turns) => turns.next(turn))}`;
}

/** Only where the page asks for it: an option of ours beside the published ones. */
function aloud(ui: Ui, entry: Entry, text: string): unknown {
  if (!text || !readsAloud(ui)) return nothing;
  const reading = ui.voice.reading(entry);
  const label = reading ? ui.strings.stopReading : ui.strings.readAloud;
  return html`<button type="button" class="icon-button" part="item-action" data-aloud aria-label=${label} title=${label} aria-pressed=${reading} @click=${() => ui.voice.read(entry, text)}>
    ${icon(reading ? "square" : "aloud")}
  </button>`;
}

export function readsAloud({ options }: Ui): boolean {
  const actions = options.threadItemActions;
  const asked = actions !== undefined && "readAloud" in actions && actions.readAloud === true;
  return asked && "speechSynthesis" in window;
}

function thumb(ui: Ui, entry: Entry, kind: "positive" | "negative"): unknown {
  const label = kind === "positive" ? ui.strings.goodAnswer : ui.strings.badAnswer;
  return html`<button
    type="button"
    class="icon-button"
    part="item-action"
    data-feedback=${kind}
    aria-label=${label}
    title=${label}
    aria-pressed=${entry.feedback === kind}
    @click=${() => vote(ui, entry, kind)}
  >
    ${icon(kind === "positive" ? "thumbs-up" : "thumbs-down")}
  </button>`;
}

function vote(ui: Ui, entry: Entry, kind: "positive" | "negative"): void {
  void ui.conversation.votes.give(entry, kind);
  if (entry.asking) void ui.panels.with((part) => part.toWhy(ui, entry));
}

async function copy(ui: Ui, text: string, event: Event): Promise<void> {
  const button = event.currentTarget as HTMLElement;
  if (!(await ui.copy(text))) return;
  button.dataset.said = ui.strings.copied;
  setTimeout(() => delete button.dataset.said, 2000);
}
