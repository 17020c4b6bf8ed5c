/** What stands where no conversation is yet: a greeting, things to ask, and the conversation to go on with. */
import { html, nothing, type TemplateResult } from "lit";
import { icon, namedIcon } from "../icons";
import { ownOptions, ownStartScreen } from "../options";
import { disclaimer } from "./composer";
import type { Ui } from "./ui";

/** Whether one writes between the greeting and the things to ask. */
export function writesInTheMiddle({ options }: Ui): boolean {
  return ownStartScreen(options).composer === "middle";
}

export function startScreen(ui: Ui): TemplateResult {
  const { greeting } = ui.options.startScreen ?? {};
  return html`<div class="start" part="start-screen">
    <div class="column">
      <h3 class="greeting" part="greeting"><bdi>${greeting ?? ui.strings.greeting}</bdi></h3>
      ${writesInTheMiddle(ui) ? nothing : prompts(ui)}
    </div>
  </div>`;
}

/** Under the composer in the middle. */
export function belowComposer(ui: Ui): TemplateResult {
  return html`<div class="column below">${prompts(ui)}</div><div class="column">${disclaimer(ui)}</div>`;
}

function prompts(ui: Ui): unknown {
  const { prompts = [] } = ui.options.startScreen ?? {};
  const templates = ownOptions(ui.options).templates?.start ?? [];
  const { strings } = ui;
  const { last } = ui.history;
  if (!prompts.length && !templates.length && !last) return nothing;
  return html`<ul class="prompts" role="list">
    ${prompts.map(
      (prompt) => html`<li>
        <button type="button" class="prompt" part="prompt" @click=${() => ui.choosePrompt(prompt)}>
          ${namedIcon(prompt.icon)}<span dir="auto">${prompt.label}</span>
        </button>
      </li>`,
    )}
    ${templates.map(
      (template) => html`<li>
        <button type="button" class="prompt" part="template" @click=${() => ui.suggesting.insert(template)}>
          ${namedIcon(template.icon ?? "write")}<span dir="auto">${template.label}…</span>
        </button>
      </li>`,
    )}
    ${
      last
        ? html`<li class="last">
          <button type="button" class="prompt" part="last-conversation" @click=${() => ui.openThread(last.id)}>
            ${icon("history")}<span>${strings.goOn} <bdi>${last.title || strings.untitled}</bdi></span>
          </button>
        </li>`
        : nothing
    }
  </ul>`;
}
