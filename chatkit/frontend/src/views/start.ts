/** What stands where no conversation is yet: a greeting and things to ask. */
import { html, nothing } from "lit";
import { namedIcon } from "../icons";
import { ownOptions } from "../options";
import type { Ui } from "./ui";

export function startScreen(ui: Ui): unknown {
  const { greeting, prompts = [] } = ui.options.startScreen ?? {};
  const templates = ownOptions(ui.options).templates?.start ?? [];
  return html`<div class="start" part="start-screen">
    <div class="column">
      <h3 class="greeting" part="greeting"><bdi>${greeting ?? ui.strings.greeting}</bdi></h3>
      ${
        prompts.length + templates.length
          ? html`<ul class="prompts" role="list">
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
          </ul>`
          : nothing
      }
    </div>
  </div>`;
}
