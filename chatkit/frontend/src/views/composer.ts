/** Where the person writes. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { icon, namedIcon } from "../icons";
import { composing } from "../keys";
import { markdown } from "../markdown/directive";
import { attachButton, attachments } from "./attachments";
import { contained } from "./contained";
import { failure } from "./failure";
import { menuButton } from "./menu";
import type { Ui } from "./ui";

/** `alone`: without what stands below it. */
export function footer(ui: Ui, alone = false): TemplateResult {
  const { conversation, strings } = ui;
  return html`<footer part="footer">
    <div class="column">
      ${conversation.state.failure?.opening ? nothing : failure(ui)}
      ${ui.online ? nothing : html`<p class="banner" role="status">${icon("offline")}${strings.offline}</p>`}
      ${ui.hint ? html`<p class="banner" part="hint">${icon("info")}${ui.hint}</p>` : nothing}
      ${ui.shortcuts.part?.element ?? nothing} ${composerArea(ui)} ${alone ? nothing : disclaimer(ui)}
    </div>
  </footer>`;
}

export function disclaimer({ options, markdown: context }: Ui): unknown {
  const { text, highContrast } = options.disclaimer ?? {};
  if (!text) return nothing;
  return html`<div class="disclaimer ${highContrast ? "high" : ""}" part="disclaimer">${markdown(text, context)}</div>`;
}

function composerArea(ui: Ui): unknown {
  const { thread, busy } = ui.conversation;
  if (thread.status.type === "closed") {
    return html`<p class="closed" part="closed"><bdi>${thread.status.reason || ui.strings.closedThread}</bdi></p>`;
  }
  const asked = busy ? undefined : thread.entries.findLast(({ pending }) => pending);
  if (asked && thread.open) {
    return contained(
      null,
      () => ui.panels.draw((part) => part.questionsView(ui, asked), waiting(ui)),
      () => composer(ui),
    );
  }
  return composer(ui);
}

/** In the place of questions until they can be drawn; where they never can, one may write all the same. */
function waiting(ui: Ui): TemplateResult {
  if (ui.panels.part === "missing") return composer(ui);
  return html`<div class="composer-box" role="status" aria-label=${ui.strings.loading}><span class="skeleton wide"></span></div>`;
}

function composer(ui: Ui): TemplateResult {
  const { composer, conversation, strings, options } = ui;
  const { status } = conversation.thread;
  const locked = status.type === "locked";
  const placeholder = locked
    ? status.reason || strings.lockedThread
    : (composer.tool?.placeholderOverride ?? options.composer?.placeholder ?? strings.placeholder);
  // Tools and models have words, which need a row of their own; buttons with icons stand beside the text.
  const menus = !locked && (composer.tools.length > 0 || composer.models.length > 1);
  const beside = locked ? nothing : [attachButton(ui), nameButton(ui)];
  return html`<form class="composer-box ${locked ? "locked" : ""}" part="composer" @submit=${(event: Event) => {
    event.preventDefault();
    ui.submit();
  }} @click=${focusInput}>
    ${
      composer.quote
        ? html`<div class="composer-quote">
          ${icon("quote")}<span class="quote"><span class="hidden">${strings.quoted}: </span><bdi>${composer.quote}</bdi></span>
          <button type="button" class="quiet" aria-label=${strings.removeQuote} @click=${() => composer.setQuote(null)}>${icon("close")}</button>
        </div>`
        : nothing
    }
    ${ui.turns.draw((turns) => turns.strip())}
    ${attachments(ui)}
    ${ui.suggesting.part?.list.element ?? nothing}
    <div class="composer-row">
      ${menus ? nothing : beside}
      <div class="writing">${ui.suggesting.part?.marks.element ?? nothing}<textarea
        class="input"
        part="input"
        rows="1"
        dir=${composer.text ? "auto" : ui.locale.direction}
        enterkeyhint="send"
        autocomplete="off"
        aria-label=${placeholder}
        aria-autocomplete=${ui.suggesting.offers ? "list" : nothing}
        placeholder=${placeholder}
        ?disabled=${locked}
        .value=${live(composer.text)}
        @input=${(event: InputEvent) => {
          const { value, selectionEnd } = event.target as HTMLTextAreaElement;
          composer.setText(value, selectionEnd);
          ui.suggesting.written();
        }}
        @keydown=${(event: KeyboardEvent) => keydown(ui, event)}
        @paste=${(event: ClipboardEvent) => paste(ui, event)}
      ></textarea></div>
      ${menus ? nothing : [micButton(ui, locked), sendButton(ui, locked)]}
    </div>
    ${ui.voice.panel ?? nothing}
    ${menus ? html`<div class="composer-row"><div class="composer-tools">${beside}${tools(ui)}</div><span class="spacer"></span>${models(ui)}${micButton(ui, locked)}${sendButton(ui, locked)}</div>` : nothing}
  </form>`;
}

/** Only where the page says that the server writes down what is said. */
function micButton(ui: Ui, locked: boolean): unknown {
  const { voice, options, strings } = ui;
  if (options.composer?.dictation?.enabled !== true || locked || voice.dictating) return nothing;
  return html`<button type="button" class="icon-button" part="dictate-button" aria-label=${strings.dictate} title=${strings.dictate} @click=${() => voice.dictate()}>
    ${icon("mic")}
  </button>`;
}

/** One button for both, so that the focus stays where it is when one becomes the other. */
function sendButton(ui: Ui, locked: boolean): unknown {
  const { conversation, composer, strings } = ui;
  const stop = conversation.busy;
  // Who dictates has a button of that shape for the words that are being said.
  if (ui.voice.panel && !stop) return nothing;
  const idle = stop
    ? !conversation.state.canStop || conversation.state.phase === "stopping"
    : locked || composer.empty || ui.uploads.pending || ui.wait > 0 || conversation.state.phase === "loading";
  const label = stop ? strings.stop : strings.send;
  return html`<button
    type="button"
    class="send"
    part=${stop ? "stop-button" : "send-button"}
    aria-label=${label}
    title=${label}
    aria-disabled=${idle ? "true" : nothing}
    @click=${() => (stop ? !idle && void conversation.stop() : ui.submit())}
  >
    ${stop ? html`<span class="filled-square">${icon("square")}</span>` : icon("arrow-up")}
  </button>`;
}

/** Enter sends, Shift+Enter breaks the line; Tab goes through the fields of a template that are left. */
function keydown(ui: Ui, event: KeyboardEvent): void {
  if (ui.suggesting.part?.keydown(event)) return;
  if (event.key === "Escape" && ui.turns.edited && !composing(event)) {
    event.preventDefault();
    ui.turns.draw((turns) => turns.cancel());
    return;
  }
  if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
  event.preventDefault();
  ui.submit();
}

function paste(ui: Ui, event: ClipboardEvent): void {
  const { clipboardData: data } = event;
  const files = [...(data?.files ?? [])];
  // Excel and PowerPoint put a picture of the text beside it; what is a picture alone has no plain text.
  const text = data?.getData("text/html") && data.getData("text/plain").trim();
  if (text || !files.length || !ui.uploads.enabled) {
    ui.suggesting.pasted(event);
    return;
  }
  event.preventDefault();
  void ui.uploads.add(files);
}

/** The whole box is the field, as far as a pointer is concerned. */
function focusInput(event: MouseEvent): void {
  const target = event.target as HTMLElement;
  if (target.closest("button, a, textarea, input, .menu")) return;
  (event.currentTarget as HTMLElement).querySelector<HTMLElement>("textarea")?.focus();
}

function nameButton(ui: Ui): unknown {
  if (!ui.suggesting.button) return nothing;
  const { name } = ui.strings;
  // The press leaves the focus in the text, so that the menu stays open.
  return html`<button type="button" class="icon-button" part="name-button" aria-label=${name} title=${name} @pointerdown=${(
    event: Event,
  ) => event.preventDefault()} @click=${() => ui.suggesting.with((part) => part.begin("@"))}>${icon("at")}</button>`;
}

function tools(ui: Ui): unknown {
  const { composer, strings } = ui;
  const choose = (id: string) => composer.setTool(composer.toolId === id ? null : id);
  const pinned = composer.tools.filter((tool) => tool.pinned);
  const others = composer.tools.filter((tool) => !tool.pinned);
  const { tool } = composer;
  return html`${
    others.length
      ? menuButton(
          ui,
          "tools",
          { label: strings.tools, content: icon("tools"), class: "icon-button", part: "tools-button" },
          others.map((option) => ({
            label: option.label,
            icon: namedIcon(option.icon),
            checked: option.id === composer.toolId,
            choose: () => choose(option.id),
          })),
        )
      : nothing
  }
    ${pinned.map(
      (
        option,
      ) => html`<button type="button" class="pill" part="tool" aria-pressed=${option.id === composer.toolId} @click=${() => choose(option.id)}>
        ${namedIcon(option.icon)}<span>${option.shortLabel ?? option.label}</span>
      </button>`,
    )}
    ${
      tool && !tool.pinned
        ? html`<button type="button" class="pill chosen" part="tool" aria-label="${tool.shortLabel ?? tool.label}: ${strings.noTool}" @click=${() => composer.setTool(null)}>
          ${namedIcon(tool.icon)}<span>${tool.shortLabel ?? tool.label}</span>${icon("close")}
        </button>`
        : nothing
    }`;
}

function models(ui: Ui): unknown {
  const { composer, strings } = ui;
  if (composer.models.length < 2) return nothing;
  const name = composer.model?.label ?? strings.model;
  return menuButton(
    ui,
    "models",
    {
      label: `${strings.model}: ${name}`,
      content: html`<span>${name}</span>${icon("chevron-down")}`,
      class: "pill",
      part: "model-button",
    },
    composer.models.map((model) => ({
      label: model.label,
      description: model.description,
      checked: model.id === composer.model?.id,
      disabled: model.disabled,
      choose: () => composer.setModel(model.id),
    })),
    true,
  );
}
