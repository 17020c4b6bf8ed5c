/** Files of the message that is being written: on their way, there, or failed. */
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../icons";
import { attachmentView } from "./item";
import type { Ui } from "./ui";

export function attachments(ui: Ui): unknown {
  const { composer, uploads, strings } = ui;
  if (!composer.attachments.length && !uploads.files.length) return nothing;
  const remove = (name: string, action: () => void) =>
    html`<button type="button" class="quiet" aria-label=${strings.removeAttachment(name)} @click=${action}>${icon("close")}</button>`;
  return html`<div class="attachments">
    ${composer.attachments.map((attachment) =>
      attachmentView(
        ui,
        attachment,
        remove(attachment.name, () => uploads.remove(attachment)),
      ),
    )}
    ${uploads.files.map(({ id, name, progress, again }) =>
      again === undefined
        ? html`<span class="attachment" part="attachment" aria-busy="true">
            <span class="spin">${icon("loader")}</span><span class="name" dir="auto">${name}</span><span class="hidden">${strings.uploading}</span>
            ${progress === null ? nothing : html`<progress max="1" .value=${progress} aria-label="${strings.uploading} ${name}"></progress>`}
            ${remove(name, () => uploads.cancel(id))}
          </span>`
        : html`<span class="attachment failed" part="attachment">
            ${icon("danger")}<span class="name" dir="auto">${name}</span><span class="hidden">${strings.notUploaded}</span>
            ${again ? html`<button type="button" class="quiet" data-again aria-label=${strings.uploadAgain(name)} title=${strings.tryAgain} @click=${again}>${icon("retry")}</button>` : nothing}
            ${remove(name, () => uploads.cancel(id))}
          </span>`,
    )}
  </div>`;
}

export function attachButton(ui: Ui): unknown {
  const { uploads, strings } = ui;
  if (!uploads.enabled) return nothing;
  const choose = (event: Event) =>
    (event.currentTarget as HTMLElement).parentElement?.querySelector<HTMLElement>("input[type=file]")?.click();
  return html`<button type="button" class="icon-button" part="attach-button" aria-label=${strings.attach} title=${strings.attach} @click=${choose}>
      ${icon("attach")}
    </button>
    <input type="file" class="hidden" multiple tabindex="-1" aria-hidden="true" accept=${uploads.accept ?? nothing} @change=${(
      event: Event,
    ) => {
      const input = event.target as HTMLInputElement;
      void uploads.add([...(input.files ?? [])]);
      input.value = "";
    }} />
    ${
      uploads.pictures
        ? html`<button type="button" class="icon-button camera" part="camera-button" aria-label=${strings.takePhoto} title=${strings.takePhoto} @click=${() => uploads.photograph()}>${icon("camera")}</button>`
        : nothing
    }`;
}

/** What lies over the chat while files are held over it. */
export function attachmentsDropped({ strings }: Ui): TemplateResult {
  return html`<div class="drop" part="drop-area"><p>${icon("attach")}${strings.dropFiles}</p></div>`;
}
