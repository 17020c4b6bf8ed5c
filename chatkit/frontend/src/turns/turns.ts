/** Versions of answers and questions, questions asked anew, and what may be asked next. */
import { html, nothing, type TemplateResult } from "lit";
import { adopt } from "../adopt";
import { icon } from "../icons";
import { ownOptions } from "../options";
import type { Entry, Message } from "../state/entry";
import type { Turn } from "../state/turns";
import { inputOf } from "../state/unsent";
import type { Ui } from "../views/ui";
import { fromHost } from "../wire/api-error";
import type { UserMessageItem } from "../wire/protocol";
import { turnStyles } from "./styles";

/** A place with several versions: the first item of each, and which one is shown, counted from 1. */
interface Fork {
  kind: "answer" | "question";
  after: string | null;
  current: number;
  items: (string | null)[];
}

interface Versions {
  forks: Fork[];
  votes: Record<string, "positive" | "negative">;
}

interface FollowUps {
  item_id: string | null;
  follow_ups: string[];
}

const NONE: FollowUps = { item_id: null, follow_ups: [] };

export class Turns {
  version = 0;
  /** The id of the question in whose place what is being written is asked. */
  edited: string | null = null;
  #forks: Fork[] = [];
  #next = NONE;

  constructor(private readonly ui: Ui) {
    adopt(ui.renderRoot, turnStyles);
  }

  get #options(): { versions?: boolean; edit?: boolean; followUps?: boolean } {
    return ownOptions(this.ui.options).threadItemActions ?? {};
  }

  async renew(): Promise<void> {
    const { conversation } = this.ui;
    const { thread } = conversation;
    const { versions, followUps } = this.#options;
    const { last } = thread;
    if (thread.id === null || !last) return this.leave();
    const said = last.item.type !== "user_message" && !conversation.state.failure;
    const [found, next] = await Promise.all([
      versions && thread.versions ? this.#read<Versions>("versions") : null,
      followUps && said && thread.open ? this.#read<FollowUps>("follow-ups") : null,
    ]);
    if (thread !== conversation.thread || conversation.busy) return;
    if (found) this.#take(found);
    this.#next = next ?? NONE;
    this.#changed();
  }

  leave(): void {
    this.#forks = [];
    this.#next = NONE;
    if (this.edited) this.ui.composer.takeUp();
    this.edited = null;
    this.#changed();
  }

  take(): string | undefined {
    const id = this.edited ?? undefined;
    this.edited = null;
    return id;
  }

  /** Writes once more what was to take the place of a question, and what the server did not take. */
  rewrite(edits: string, { input, attachments }: Pick<Message, "input" | "attachments">): void {
    const { composer, renderRoot, updateComplete, strings } = this.ui;
    composer.setAside();
    composer.clear();
    composer.restore(input, attachments);
    this.edited = edits;
    this.#changed();
    this.ui.announce(strings.editingNote);
    void updateComplete.then(() => {
      const field = renderRoot.querySelector<HTMLTextAreaElement>("textarea.input");
      field?.focus();
      field?.setSelectionRange(field.value.length, field.value.length);
    });
  }

  // What is drawn ----------------------------------------------------------------------------------------

  /** Among the buttons under an answer. */
  beside(entry: Entry): unknown {
    const question = this.ui.conversation.thread.questionOf(entry);
    return this.#control(this.#answersOf(question));
  }

  /** Under a question. */
  under(entry: Entry): unknown {
    const { conversation, strings } = this.ui;
    const { busy, thread } = conversation;
    const own = this.#forks.find(({ kind, items, current }) => kind === "question" && items[current - 1] === entry.id);
    // An answer with words has them among its own buttons.
    const unanswered = conversation.unanswered.has(entry) ? this.#answersOf(entry) : undefined;
    const place = this.#options.edit && thread.open;
    // Pressed again it would throw away what is being written.
    const edit = place && !busy && entry.state === "done" && entry.id !== this.edited;
    if (!own && !unanswered && !place) return nothing;
    return html`<div class="own" part="question-actions">
      ${
        edit
          ? html`<button type="button" class="icon-button" part="item-action" data-edit aria-label=${strings.editQuestion} title=${strings.editQuestion} @click=${() => this.#edit(entry)}>
            ${icon("pencil")}
          </button>`
          : // The room of the button, so that nothing moves when it comes.
            place
            ? html`<span class="icon-button"></span>`
            : nothing
      }
      ${this.#control(own)}${this.#control(unanswered)}
    </div>`;
  }

  /** Under the last answer. */
  next(turn: Turn): unknown {
    const { conversation, strings } = this.ui;
    const { item_id, follow_ups } = this.#next;
    const { busy, thread } = conversation;
    if (!turn.last || busy || !thread.open || !turn.entries.some(({ id }) => id === item_id)) return nothing;
    if (!follow_ups.length) return nothing;
    return html`<ul class="follow-ups" part="follow-ups" role="list" aria-label=${strings.followUps}>
      ${follow_ups
        .slice(0, 3)
        .map(
          (text) =>
            html`<li><button type="button" class="button" part="follow-up" data-follow-up dir="auto" @click=${() => this.ui.choosePrompt({ label: text, prompt: text })}>${text}</button></li>`,
        )}
    </ul>`;
  }

  /** Above what is being written. */
  strip(): unknown {
    const { strings } = this.ui;
    if (!this.edited) return nothing;
    return html`<p class="editing" part="editing" role="status">
      ${icon("pencil")}<span>${strings.editingNote}</span>
      <button type="button" class="quiet" data-cancel-edit aria-keyshortcuts="Escape" aria-label=${strings.cancel} title=${strings.cancel} @click=${() => this.cancel()}>${icon("close")}</button>
    </p>`;
  }

  // What is done -----------------------------------------------------------------------------------------

  /** Leaves the question as it is, and gives back what was being written before. */
  cancel(): void {
    const { edited } = this;
    const { composer, renderRoot, updateComplete } = this.ui;
    composer.takeUp();
    this.take();
    this.#changed();
    const selector = `[data-id="${CSS.escape(edited ?? "")}"] [data-edit]`;
    void updateComplete.then(() => renderRoot.querySelector<HTMLElement>(selector)?.focus());
  }

  #edit(entry: Entry): void {
    const item = entry.item as UserMessageItem;
    this.rewrite(entry.id, { input: inputOf(item), attachments: item.attachments ?? [] });
  }

  #answersOf(question: Entry | undefined): Fork | undefined {
    return this.#forks.find(({ kind, after }) => kind === "answer" && after === question?.id);
  }

  #control(fork: Fork | undefined): unknown {
    if (!fork) return nothing;
    const { strings } = this.ui;
    const { current, items } = fork;
    const label = strings.versionOf(current, items.length);
    return html`<span class="versions" part="versions" role="group" aria-label=${strings.versions}>
      ${this.#step(fork, current - 2, "previous", strings.previousVersion)}
      <span class="count"><span aria-hidden="true">${current}/${items.length}</span><span class="hidden">${label}</span></span>
      ${this.#step(fork, current, "next", strings.nextVersion)}
    </span>`;
  }

  #step(fork: Fork, at: number, name: string, label: string): TemplateResult {
    const item = fork.items[at];
    const off = !item || this.ui.conversation.busy;
    return html`<button type="button" class="icon-button" part="item-action" data-version=${name} aria-label=${label} title=${label} aria-disabled=${off ? "true" : nothing} @click=${() => off || void this.#show(item, name)}>
      ${icon(name === "previous" ? "chevron-left" : "chevron-right")}
    </button>`;
  }

  async #show(item: string, name: string): Promise<void> {
    const { conversation, renderRoot, strings } = this.ui;
    const { thread } = conversation;
    try {
      const found = await this.#ask<Versions>(`versions/${encodeURIComponent(item)}`, "POST");
      if (thread !== conversation.thread) return;
      await conversation.refresh();
      this.#take(found);
      this.#next = NONE;
      this.#changed();
      const fork = found.forks.find(({ items }) => items.includes(item));
      if (fork) this.ui.announce(strings.versionOf(fork.current, fork.items.length));
      await this.ui.updateComplete;
      const at = fork?.kind === "question" ? item : fork?.after;
      const places = [...renderRoot.querySelectorAll(".log [data-id]")];
      const from = places.findIndex((place) => (place as HTMLElement).dataset.id === at);
      const button = places
        .slice(Math.max(0, from))
        .map((place) => place.querySelector<HTMLElement>(`[data-version="${name}"]`));
      button.find(Boolean)?.focus({ preventScroll: true });
      void this.renew();
    } catch (thrown) {
      conversation.fail(fromHost(thrown, "unknown"), null);
    }
  }

  #take({ forks, votes }: Versions): void {
    this.#forks = forks;
    for (const entry of this.ui.conversation.thread.entries) {
      const vote = votes[entry.id];
      if (!vote || vote === entry.feedback) continue;
      entry.feedback = vote;
      entry.touch();
    }
  }

  async #read<T>(path: string): Promise<T | null> {
    return this.#ask<T>(path).catch(() => null);
  }

  async #ask<T>(path: string, method = "GET"): Promise<T> {
    const id = encodeURIComponent(this.ui.conversation.thread.id ?? "");
    return (await (await this.ui.client.ask(`/threads/${id}/${path}`, method)).json()) as T;
  }

  #changed(): void {
    this.version++;
    this.ui.changed();
  }
}
