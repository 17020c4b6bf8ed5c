/** Questions that take the composer's place until they are answered or skipped. */
import { html, nothing, type TemplateResult } from "lit";
import { adopt } from "../adopt";
import { panelStyles } from "../styles/panels";
import type { StructuredInputItem, StructuredQuestion } from "../wire/protocol";
import type { Ui } from "./ui";

/** More questions and options than these are shown to nobody. */
const MAX_PARTS = 1000;

export function questionsView(ui: Ui, item: StructuredInputItem): TemplateResult {
  const { strings } = ui;
  const { inputs } = item;
  if (inputs.reduce((sum, { options }) => sum + 1 + (options?.length ?? 0), 0) > MAX_PARTS) {
    throw new RangeError("There are too many questions.");
  }
  adopt(ui.renderRoot, panelStyles);
  return html`<form
    class="composer-box questions"
    part="questions"
    @submit=${(event: SubmitEvent) => submit(ui, item, event)}
  >
    ${inputs.map((question, index) => fieldset(ui, question, inputs.length > 1 ? strings.questionOf(index + 1, inputs.length) : null))}
    <div class="buttons">
      <button type="button" class="button" @click=${() => void ui.conversation.answerQuestions(item.id, { status: "skipped", answers: skippedAll(inputs) })}>
        ${strings.skip}
      </button>
      <button type="submit" class="button primary">${strings.submit}</button>
    </div>
  </form>`;
}

function fieldset(ui: Ui, question: StructuredQuestion, position: string | null): TemplateResult {
  const { strings } = ui;
  const kind = question.multiple ? "checkbox" : "radio";
  return html`<fieldset>
    <legend>${position ? html`<span class="line">${position}</span><br />` : nothing}<bdi>${question.question}</bdi></legend>
    ${question.description ? html`<p class="line"><bdi>${question.description}</bdi></p>` : nothing}
    ${
      question.type === "freeform"
        ? html`<textarea class="field" rows="2" name=${question.id} aria-label=${question.question}></textarea>`
        : html`${(question.options ?? []).map(
            (option) =>
              html`<label class="choice"><input type=${kind} name=${question.id} value=${option.value} /><span dir="auto">${option.value}</span></label>`,
          )}
          <input class="field" type="text" name="other:${question.id}" placeholder=${strings.otherAnswer} aria-label="${question.question}: ${strings.otherAnswer}" />`
    }
  </fieldset>`;
}

function submit(ui: Ui, item: StructuredInputItem, event: SubmitEvent): void {
  event.preventDefault();
  const data = new FormData(event.currentTarget as HTMLFormElement);
  const answers: Record<string, { values: string[]; skipped: boolean }> = {};
  for (const { id, multiple } of item.inputs) {
    const other = String(data.get(`other:${id}`) ?? "").trim();
    const chosen = data
      .getAll(id)
      .map((value) => String(value).trim())
      .filter(Boolean);
    // A person's own words replace a single choice and add to several.
    const values = other ? (multiple ? [...chosen, other] : [other]) : chosen;
    answers[id] = { values, skipped: values.length === 0 };
  }
  const none = Object.values(answers).every(({ skipped }) => skipped);
  if (none) {
    ui.announce(ui.strings.requiredAnswer);
    (event.currentTarget as HTMLFormElement).querySelector<HTMLElement>("input, textarea")?.focus();
    return;
  }
  void ui.conversation.answerQuestions(item.id, { status: "answered", answers });
}

function skippedAll(inputs: StructuredQuestion[]): Record<string, { values: string[]; skipped: true }> {
  return Object.fromEntries(inputs.map(({ id }) => [id, { values: [], skipped: true }]));
}

const NARROW = { style: "narrow" } as const; // "a, b, c"

/** The questions once they are settled, as part of the thread. */
export function answersView(ui: Ui, item: StructuredInputItem): TemplateResult {
  adopt(ui.renderRoot, panelStyles);
  return html`<dl class="answers" part="answers">
    ${item.inputs.slice(0, MAX_PARTS).map(
      ({ question, answer }) => html`<dt><bdi>${question}</bdi></dt>
        <dd><bdi>${answer?.values?.length && !answer.skipped ? new Intl.ListFormat(ui.locale.locale, NARROW).format(answer.values) : ui.strings.skipped}</bdi></dd>`,
    )}
  </dl>`;
}
