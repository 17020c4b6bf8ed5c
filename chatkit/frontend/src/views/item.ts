/** One item of the thread, whatever it is. */
import { html, nothing, type TemplateResult } from "lit";
import { type Direction, directionOf, runsOf } from "../direction";
import { icon, namedIcon } from "../icons";
import { safeGeneratedImage } from "../links";
import { LONG } from "../markdown/budget";
import { PlainText } from "../markdown/plain-text";
import type { Entry } from "../state/entry";
import type { Turn } from "../state/turns";
import type { GeneratedImageItem, InputContent, UserMessageItem, WireAttachment } from "../wire/protocol";
import { actions } from "./actions";
import { assistantMessage } from "./message";
import { namedButton } from "./named";
import { time } from "./time";
import type { Ui } from "./ui";
import { widgetPlace } from "./widget";
import { taskView, workflowView } from "./workflow";

export function itemView(ui: Ui, entry: Entry, turn: Turn | undefined): unknown {
  const { item } = entry;
  if (!entry.visible) return nothing;
  switch (item.type) {
    case "user_message":
      return userMessage(ui, entry, item);
    case "assistant_message":
      return assistantMessage(ui, entry, turn);
    case "widget":
      return html`<article class="item" part="widget-item" data-id=${entry.id}>
        ${widgetPlace(ui, entry, item)}${actions(ui, entry, turn)}
      </article>`;
    case "workflow":
      return html`<article class="item" part="workflow" data-id=${entry.id}>${workflowView(ui, entry, item.workflow)}</article>`;
    case "task":
      return html`<article class="item" part="task" data-id=${entry.id}>${taskView(ui, item.task)}</article>`;
    case "generated_image":
      return html`<article class="item generated" data-id=${entry.id}>${generated(ui, entry, item)}</article>`;
    case "structured_input":
      return item.status === "pending"
        ? nothing
        : html`<article class="item" data-id=${entry.id}>${ui.panels.draw((part) => part.answersView(ui, item))}</article>`;
    default:
      return nothing;
  }
}

function userMessage(ui: Ui, entry: Entry, item: UserMessageItem): TemplateResult {
  return html`<article class="item user ${entry.state} ${ui.turns.edited === entry.id ? "edited" : ""}" part="message user-message" data-id=${entry.id}>
    <span class="hidden">${ui.strings.you}</span>${time(ui, item.created_at)}
    ${item.quoted_text ? html`<blockquote class="quote" part="quote" dir="auto">${isolated(item.quoted_text)}</blockquote>` : nothing}
    ${
      item.attachments?.length
        ? html`<div class="attachments">${item.attachments.map((attachment) => attachmentView(ui, attachment, saving(ui, attachment)))}</div>`
        : nothing
    }
    ${entry.text.trim() ? bubble(ui, entry, item) : nothing}
    ${ui.conversation.unanswered.has(entry) ? noAnswer(ui, entry) : nothing}
    ${ui.turns.draw((turns) => turns.under(entry))}
  </article>`;
}

/** Shorter questions are not even looked at: they fit into eight lines on any screen. */
const SHORT = 200;

function bubble(ui: Ui, entry: Entry, item: UserMessageItem): TemplateResult {
  const { text, unfolded } = entry;
  const fold = text.length > SHORT || text.split("\n", 9).length > 8;
  const classes = `bubble${text.length > LONG ? " long" : ""}${fold ? " fold" : ""}${unfolded ? " unfolded" : ""}`;
  const press = (event: Event) => {
    const { previousElementSibling } = event.currentTarget as HTMLElement;
    entry.unfolded = !unfolded;
    entry.touch();
    ui.changed();
    if (unfolded) void ui.updateComplete.then(() => previousElementSibling?.scrollIntoView({ block: "nearest" }));
  };
  return html`<div class=${classes} part="user-bubble" dir="auto">${content(ui, item.content, directionOf(text))}</div>
    ${fold ? html`<button type="button" class="link more" part="fold-button" aria-expanded=${unfolded} @click=${press}>${unfolded ? ui.strings.showLess : ui.strings.showAll}</button>` : nothing}`;
}

/** Under a question that got no answer: that it has none, and the way to one where there is one. */
function noAnswer(ui: Ui, entry: Entry): TemplateResult {
  const { strings, conversation } = ui;
  const { message, hollow } = entry;
  const { open } = conversation.thread;
  const again = open && entry.again && !hollow;
  const button = (name: string, label: string, press: () => void) =>
    html`<span aria-hidden="true">·</span><button type="button" class="link" data-do=${name} aria-disabled=${conversation.busy || ui.wait ? "true" : nothing} @click=${press}>${label}</button>`;
  return html`<p class="no-answer" part="no-answer">
    <span class="icon-text">${icon("danger")}${strings.noAnswer}</span>
    ${again ? button("again", strings.tryAgain, () => ui.tryAgain(entry)) : nothing}
    ${open && message && ui.composer.empty ? button("edit", strings.edit, () => ui.rewrite(entry)) : nothing}
  </p>`;
}

// No line breaks inside: the bubble keeps white space as the person typed it.
function content(ui: Ui, parts: InputContent[], direction: Direction | null): unknown[] {
  return parts.map((part) => {
    if (part.type !== "input_tag") return isolated(part.text, direction);
    const { onClick, onRequestPreview } = ui.options.entities ?? {};
    if (!part.interactive || !(onClick || onRequestPreview))
      return html`<span class="tag" part="tag" dir="auto">${part.text}</span>`;
    const { id, text: title, group, data } = part;
    const entity = { id, title, group, interactive: true, data: data as Record<string, string> };
    return namedButton(ui, entity, "tag", part.text);
  });
}

/** Longer questions are shown in pieces, nothing in them set apart. */
const MAX_ISOLATED = 10_000;

/** A text with what runs against it set apart. */
function isolated(text: string, direction = directionOf(text)): unknown[] {
  if (text.length > MAX_ISOLATED) {
    const plain = new PlainText();
    plain.append(text);
    return [plain.element];
  }
  return runsOf(text, direction).map((run) => (run.foreign ? html`<bdi>${run.text}</bdi>` : run.text));
}

/** A server of ours gives a file back; a picture shows itself. */
function saving(ui: Ui, attachment: WireAttachment): unknown {
  if (attachment.type === "image" || !("getClientSecret" in ui.options.api)) return nothing;
  const label = ui.strings.download(attachment.name);
  return html`<button type="button" class="quiet" part="download-button" aria-label=${label} title=${label} @click=${() => ui.uploads.download(attachment)}>${icon("download")}</button>`;
}

export function attachmentView(ui: Ui, attachment: WireAttachment, extra: unknown = nothing): TemplateResult {
  const preview =
    attachment.type === "image" ? ui.uploads.preview(attachment, ui.conversation.thread.imageDomains) : null;
  const sign = namedIcon(attachment.type === "image" ? "images" : "document");
  return html`<span class="attachment" part="attachment">
    ${
      preview
        ? html`<img src=${preview} alt="" referrerpolicy="no-referrer" @error=${failed} @load=${loaded} /><span class="sign">${sign}</span>`
        : sign
    }
    <span class="name" dir="auto">${attachment.name}</span>${extra}
  </span>`;
}

/** A picture that is no more, or that the page's policy refuses, leaves the sign of one. */
function failed(event: Event): void {
  (event.target as HTMLElement).classList.add("failed");
}

function loaded(event: Event): void {
  (event.target as HTMLElement).classList.remove("failed");
}

function generated(ui: Ui, entry: Entry, item: GeneratedImageItem): unknown {
  const { strings, conversation } = ui;
  const src = item.image ? safeGeneratedImage(item.image.url, conversation.thread.imageDomains) : null;
  if (src) {
    return html`<img part="generated-image" src=${src} alt=${strings.generatedImage} aria-busy=${entry.state === "streaming"} />`;
  }
  if (entry.state !== "streaming") return nothing;
  return html`<div class="making" role="status">
    ${icon("images")}<span>${strings.generatingImage}</span>
    ${entry.imageProgress === undefined ? nothing : html`<progress max="1" .value=${entry.imageProgress} aria-label=${strings.generatingImage}></progress>`}
  </div>`;
}
