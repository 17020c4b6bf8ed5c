/** Questions that take the composer's place until they are answered or skipped. */
import { html, nothing, type TemplateResult } from "lit";
import { adopt } from "../adopt";
import type { Entry } from "../state/entry";
import { panelStyles } from "../styles/panels";
import { heldCheck, heldText, hold } from "../widgets/remembered";
import type { StructuredInputItem, StructuredQuestion } from "../wire/protocol";
import type { Ui } from "./ui";

/** More questions and options than these are shown to nobody. */
const MAX_PARTS = 1000;

export function questionsView(ui: Ui, entry: Entry): TemplateResult {
  const { strings } = ui;
  const item = entry.item as StructuredInputItem;
  const { inputs } = item;
  if (inputs.reduce((sum, { options }) => sum + 1 + (options?.length ?? 0), 0) > MAX_PARTS) {
    throw new RangeError("There are too many questions.");
  }
  const heard = (event: Event) => {
    hold(ui, entry, event);
    // What is written now is not what a failure would send again.
    if (ui.conversation.state.failure?.question === entry) ui.conversation.dismiss();
  };
  adopt(ui.renderRoot, panelStyles);
  return html`<form
    class="composer-box questions"
    part="questions"
    @input=${heard}
    @submit=${(event: SubmitEvent) => submit(ui, item, event)}
  >
    ${inputs.map((question, index) => fieldset(ui, entry, question, inputs.length > 1 ? strings.questionOf(index + 1, inputs.length) : null))}
    <div class="buttons">
      <button type="button" class="button" @click=${() => answer(ui, item, { status: "skipped", answers: skippedAll(inputs) })}>
        ${strings.skip}
      </button>
      <button type="submit" class="button primary">${strings.submit}</button>
    </div>
  </form>`;
}

/** An answer is held under the name of its field, of several choices each under its own. */
function fieldset(ui: Ui, entry: Entry, question: StructuredQuestion, position: string | null): TemplateResult {
  const { strings } = ui;
  const { id, multiple } = question;
  const other = `other:${id}`;
  const text = (name: string) => heldText(ui, entry, name) ?? "";
  const kind = multiple ? "checkbox" : "radio";
  return html`<fieldset>
    <legend>${position ? html`<span class="line">${position}</span><br />` : nothing}<bdi>${question.question}</bdi></legend>
    ${question.description ? html`<p class="line"><bdi>${question.description}</bdi></p>` : nothing}
    ${
      question.type === "freeform"
        ? html`<textarea class="field" rows="2" name=${id} data-name=${id} aria-label=${question.question} .defaultValue=${text(id)}></textarea>`
        : html`${(question.options ?? []).map(({ value }) => {
            const name = multiple ? `${id}:${value}` : id;
            const chosen = multiple ? heldCheck(ui, entry, name) === true : heldText(ui, entry, id) === value;
            return html`<label class="choice"><input type=${kind} name=${id} data-name=${name} value=${value} ?checked=${chosen} /><span dir="auto">${value}</span></label>`;
          })}
          <input class="field" type="text" name=${other} data-name=${other} value=${text(other)} placeholder=${strings.otherAnswer} aria-label="${question.question}: ${strings.otherAnswer}" />`
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
  answer(ui, item, { status: "answered", answers });
}

/** Not while it is looked up whether the server has them already. */
function answer({ conversation }: Ui, { id }: StructuredInputItem, input: object): void {
  if (conversation.state.phase === "idle") void conversation.answerQuestions(id, input);
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
