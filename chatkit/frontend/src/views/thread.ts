/** The conversation: every item once, then whatever is going on at its end. */
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { icon, namedIcon } from "../icons";
import { markdown } from "../markdown/directive";
import type { Notice } from "../state/conversation-state";
import type { Entry } from "../state/entry";
import { type Turn, turns } from "../state/turns";
import { readsAloud } from "./actions";
import { contained } from "./contained";
import { failure } from "./failure";
import { itemView } from "./item";
import { plainItem } from "./plain-item";
import type { Ui } from "./ui";

export function threadView(ui: Ui): TemplateResult {
  const { conversation, strings } = ui;
  const { thread, state } = conversation;
  if (state.phase === "loading" && !thread.last) return skeleton(ui);
  if (state.failure?.opening) return html`<div class="empty">${failure(ui)}</div>`;
  const ends = turns(thread.entries);
  return html`${pinned(ui)}<div class="scroller" part="thread" data-scroller tabindex="0" role="region" aria-label=${strings.messages}>
      <div class="column">
        <div class="log" part="log" role="log" aria-live="off" aria-label=${strings.messages} aria-busy=${conversation.busy}>
          ${
            thread.earlier !== null
              ? html`<div class="center">
                <button type="button" class="button" data-earlier aria-disabled=${conversation.loadingEarlier ? "true" : nothing} @click=${() => void conversation.loadEarlier()}>
                  ${conversation.loadingEarlier ? html`<span class="spin">${icon("loader")}</span>` : nothing}${strings.loadEarlier}
                </button>
              </div>`
              : nothing
          }
          ${repeat(
            thread.entries,
            (entry) => entry.key,
            (entry) =>
              contained(
                dependencies(ui, entry, ends.get(entry)),
                () => itemView(ui, entry, ends.get(entry)),
                () => plainItem(ui, entry),
              ),
          )}
          ${state.notices.map((notice) =>
            contained(
              null,
              () => noticeView(ui, notice),
              () => nothing,
            ),
          )}
          ${contained(
            null,
            () => keyed(place(ui), working(ui)),
            () => html`<p class="working">${dots(ui)}</p>`,
          )}
          ${state.stopped && !conversation.busy && !saysSo(thread.entries) ? html`<p class="line" data-stopped>${strings.stopped}</p>` : nothing}
        </div>
      </div>
    </div>
    ${
      ui.atEnd
        ? nothing
        : html`<button type="button" class="icon-button latest" part="latest-button" aria-label=${strings.jumpToLatest} title=${strings.jumpToLatest} @click=${() => ui.scrollToEnd()}>
          ${icon("arrow-down")}
        </button>`
    }`;
}

/** So much of a question is pinned: more than two lines of it show nowhere. */
const PINNED = 400;

function pinned(ui: Ui): unknown {
  const { entry } = ui.pinned;
  if (!entry) return nothing;
  return html`<div class="pinned"><div class="column">
    <button type="button" part="pinned-question" @click=${() => ui.pinned.toQuestion()}><span class="hidden">${ui.strings.you} </span><span class="words" dir="auto">${entry.text.slice(0, PINNED)}</span></button>
  </div></div>`;
}

/** Everything an item's rendering looks at beside the item; only a change here renders it anew. */
function dependencies(ui: Ui, entry: Entry, turn: Turn | undefined): unknown[] {
  const { feedback, retry } = ui.options.threadItemActions ?? {};
  const { busy, thread, unanswered } = ui.conversation;
  return [
    entry,
    entry.version,
    unanswered.has(entry) && `${entry.again} ${busy} ${ui.wait > 0} ${ui.composer.empty}`,
    turn?.entries.length,
    turn?.last && !busy,
    entry.item.type === "widget" && `${busy} ${thread.open}`,
    entry.item.type === "widget" && ui.widgets.part,
    ui.panels.part,
    ui.turns.version && `${ui.turns.version} ${busy}`,
    ui.strings,
    feedback,
    retry,
    readsAloud(ui),
    ui.voice.reading(entry),
    thread.imageDomains,
    thread.open,
  ];
}

/** A server of ours ends a stopped answer with an item that says so, also after a reload. */
function saysSo(entries: Entry[]): boolean {
  return entries.findLast((entry) => entry.visible)?.item.type === "task";
}

/** What the sign of work stands under: under something else it is another sign, not one that jumped there. */
function place({ conversation: { thread, state } }: Ui): string {
  return `${thread.entries.findLast((entry) => entry.visible)?.key} ${state.notices.length}`;
}

/** Between the question and the first words, and whenever the server says what it is doing. */
function working(ui: Ui): unknown {
  const { conversation, strings } = ui;
  const { busy, reconnecting, phase } = conversation.state;
  if (!busy) return nothing;
  if (reconnecting) {
    return html`<p class="working" role="status">${icon("offline")}${strings.reconnecting}</p>`;
  }
  if (phase === "stopping") return html`<p class="working">${strings.stopping}</p>`;
  return [sign(ui), waiting(ui)];
}

/** That an answer is long in coming, and that it comes anyway. */
function waiting({ conversation: { thread, state }, strings }: Ui): unknown {
  if (!state.waited || thread.streaming.some(({ text }) => text !== "")) return nothing;
  return html`<p class="line" part="waiting" data-waiting>
    ${strings.stillWorking}${state.waited > 10 && state.kept ? html` ${strings.mayLeave}` : nothing}
  </p>`;
}

function sign(ui: Ui): unknown {
  const { conversation } = ui;
  const { progress } = conversation.state;
  if (progress)
    return html`<p class="working" part="progress">${progress.icon ? namedIcon(progress.icon) : dots(ui)}<span dir="auto">${progress.text}</span></p>`;
  const { streaming, last } = conversation.thread;
  const growing = streaming.some((entry) => entry.visible && entry.text !== "");
  if (growing || (last?.item.type === "workflow" && last.state === "streaming")) return nothing;
  // A whole answer is nearly always the last of the stream.
  const late = last?.item.type !== "user_message" && last?.state === "done";
  return html`<p class=${late ? "working late" : "working"} part="progress">${dots(ui)}</p>`;
}

function dots(ui: Ui): TemplateResult {
  return html`<span class="dots" role="img" aria-label=${ui.strings.thinking}><i></i><i></i><i></i></span>`;
}

function noticeView(ui: Ui, notice: Notice): TemplateResult {
  const level = ["info", "warning", "danger"].includes(notice.level) ? notice.level : "info";
  return html`<div class="notice ${level}" part="notice">
    ${icon(level as "info" | "warning" | "danger")}
    <div class="what">
      ${notice.title ? html`<strong dir="auto">${notice.title}</strong>` : nothing}${markdown(String(notice.message ?? ""), ui.markdown)}
    </div>
  </div>`;
}

export function skeleton(ui: Ui): TemplateResult {
  return html`<div class="scroller" aria-busy="true">
    <div class="column">
      <div class="log" role="status" aria-label=${ui.strings.loading}>
        <span class="skeleton bubble"></span><span class="skeleton wide"></span><span class="skeleton wide"></span>
        <span class="skeleton short"></span><span class="skeleton bubble"></span><span class="skeleton wide"></span>
        <span class="skeleton short"></span>
      </div>
    </div>
  </div>`;
}
