/** The list of threads: find, open, rename, delete. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { adopt } from "../adopt";
import { icon } from "../icons";
import { composing } from "../keys";
import { retitle } from "../state/retitle";
import { panelStyles } from "../styles/panels";
import type { WireThread } from "../wire/protocol";
import { sentence } from "./sentence";
import { named } from "./title";
import type { Ui } from "./ui";

const DAY = 86_400_000;

export function historyView(ui: Ui): TemplateResult {
  const { history, strings } = ui;
  const shown = history.shown;
  adopt(ui.renderRoot, panelStyles);
  return html`<div class="history" part="history" @keydown=${(event: KeyboardEvent) => closeOnEscape(ui, event)}>
    <div class="column search">
      ${icon("search")}
      <input
        class="field"
        type="search"
        part="history-search"
        data-search
        aria-label=${strings.searchChats}
        placeholder=${strings.searchChats}
        autocomplete="off"
        .value=${history.query}
        @input=${(event: InputEvent) => void history.search((event.target as HTMLInputElement).value)}
      />
    </div>
    <div class="list">
      <div class="column">
        ${grouped(ui, shown).map(
          ([label, threads]) => html`<h3>${label}</h3>
            <ul role="list">
              ${repeat(
                threads,
                (thread) => thread.id,
                (thread) => row(ui, thread),
              )}
            </ul>`,
        )}
        ${history.loading ? loading(ui) : nothing} ${empty(ui, shown)}
        ${
          history.error
            ? html`<div class="notice danger" role="alert">
              ${icon("danger")}
              <div class="what">
                ${sentence(history.error, strings)}
                <div class="do"><button type="button" class="button" @click=${() => void history.reload()}>${strings.tryAgain}</button></div>
              </div>
            </div>`
            : nothing
        }
        ${
          history.after !== null && !history.loading && !history.query
            ? html`<p class="center"><button type="button" class="button" data-more @click=${() => void history.more()}>${strings.loadMore}</button></p>`
            : nothing
        }
      </div>
    </div>
  </div>`;
}

function row(ui: Ui, thread: WireThread): TemplateResult {
  const { history, strings, conversation } = ui;
  const title = thread.title || strings.untitled;
  if (history.renaming === thread.id) return renameForm(ui, thread);
  if (history.deleting === thread.id) return confirmation(ui, thread, title);
  const { showRename = true, showDelete = true } = ui.options.history ?? {};
  const current = conversation.threadId === thread.id;
  return html`<li ?data-current=${current} data-thread=${thread.id} part="history-item">
    <button type="button" class="open" aria-current=${current ? "true" : nothing} @click=${() => ui.openThread(thread.id)}>
      ${named(title)}${when(ui, thread)}
    </button>
    ${
      showRename
        ? html`<button type="button" class="icon-button" data-rename aria-label=${strings.renameChat(title)} title=${strings.rename} @click=${() => edit(ui, thread.id, "renaming")}>${icon("pencil")}</button>`
        : nothing
    }
    ${
      showDelete
        ? html`<button type="button" class="icon-button" data-delete aria-label=${strings.deleteChat(title)} title=${strings.delete} @click=${() => edit(ui, thread.id, "deleting")}>${icon("trash")}</button>`
        : nothing
    }
  </li>`;
}

function renameForm(ui: Ui, thread: WireThread): TemplateResult {
  const { strings } = ui;
  const submit = async (event: Event) => {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget as HTMLFormElement).get("title") ?? "");
    const saved = retitle(ui, thread.id, title, ui.history.rename(thread.id, title));
    await focusRow(ui, thread.id);
    await saved;
  };
  return html`<li data-thread=${thread.id}>
    <form @submit=${submit}>
      <input class="field" name="title" maxlength="200" required aria-label=${strings.newTitle} .value=${thread.title ?? ""} data-editing />
      <button type="submit" class="button primary">${strings.save}</button>
      <button type="button" class="button" @click=${() => close(ui, thread.id)}>${strings.cancel}</button>
    </form>
  </li>`;
}

function confirmation(ui: Ui, thread: WireThread, title: string): TemplateResult {
  const { strings } = ui;
  return html`<li data-thread=${thread.id}>
    <div class="confirm" role="alertdialog" aria-label=${strings.deleteQuestion(title)}>
      <p dir="auto">${strings.deleteQuestion(title)}</p>
      <button type="button" class="button danger" @click=${() => void ui.removeThread(thread.id)}>${strings.delete}</button>
      <button type="button" class="button" data-editing @click=${() => close(ui, thread.id)}>${strings.cancel}</button>
    </div>
  </li>`;
}

async function edit(ui: Ui, id: string, what: "renaming" | "deleting"): Promise<void> {
  ui.history.renaming = ui.history.deleting = null;
  ui.history[what] = id;
  ui.changed();
  await ui.updateComplete;
  const field = ui.renderRoot.querySelector<HTMLElement>("[data-editing]");
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}

async function close(ui: Ui, id: string): Promise<void> {
  ui.history.renaming = ui.history.deleting = null;
  ui.changed();
  await focusRow(ui, id);
}

/** The focus goes back to the row it came from. */
async function focusRow(ui: Ui, id: string): Promise<void> {
  await ui.updateComplete;
  ui.renderRoot.querySelector<HTMLElement>(`[data-thread="${CSS.escape(id)}"] .open`)?.focus();
}

function closeOnEscape(ui: Ui, event: KeyboardEvent): void {
  if (event.key !== "Escape" || composing(event)) return;
  event.stopPropagation();
  const { history } = ui;
  const editing = history.renaming ?? history.deleting;
  if (editing) void close(ui, editing);
  else if (history.query) void history.search("");
  else ui.toggleHistory();
}

function grouped(ui: Ui, threads: WireThread[]): [string, WireThread[]][] {
  const { strings } = ui;
  const midnight = new Date().setHours(0, 0, 0, 0);
  const groups = new Map<string, WireThread[]>();
  for (const thread of threads) {
    const at = Date.parse(thread.created_at);
    const label =
      at >= midnight
        ? strings.today
        : at >= midnight - DAY
          ? strings.yesterday
          : at >= midnight - 7 * DAY
            ? strings.lastWeek
            : strings.earlier;
    groups.set(label, [...(groups.get(label) ?? []), thread]);
  }
  return [...groups];
}

function when(ui: Ui, thread: WireThread): unknown {
  const date = new Date(thread.created_at);
  if (Number.isNaN(date.getTime())) return nothing;
  const today = date.getTime() >= new Date().setHours(0, 0, 0, 0);
  const format: Intl.DateTimeFormatOptions = today ? { timeStyle: "short" } : { dateStyle: "medium" };
  return html`<time datetime=${date.toISOString()}>${new Intl.DateTimeFormat(ui.locale.locale, format).format(date)}</time>`;
}

function loading(ui: Ui): TemplateResult {
  return html`<div class="log" role="status" aria-label=${ui.strings.loading}>
    <span class="skeleton wide"></span><span class="skeleton wide"></span><span class="skeleton short"></span>
  </div>`;
}

function empty(ui: Ui, shown: WireThread[]): unknown {
  const { history, strings } = ui;
  if (shown.length || history.loading || history.error) return nothing;
  return html`<div class="empty" role="status">
    ${icon("history")}
    <p>${history.query ? strings.noMatches : strings.noChats}</p>
    ${history.query ? nothing : html`<button type="button" class="button primary" @click=${() => ui.newChat()}>${strings.newChat}</button>`}
  </div>`;
}
