/** Shortcuts, and questions that wait for the end of an answer. Fetched where a page has the option `shortcuts`. */
import { adopt } from "../adopt";
import type { OwnIcon } from "../icons";
import { site, tab } from "../kept";
import { composing } from "../keys";
import { make } from "../markdown/dom";
import { shortcutsDialog } from "../shortcuts/dialog";
import { Queue, type Queued, textOf } from "../shortcuts/queue";
import { shortcutStyles } from "../shortcuts/styles";
import { english, type ShortcutWords } from "../shortcuts/words";
import type { Entry } from "../state/entry";
import type { Ui } from "../views/ui";
import type { UserMessageItem } from "../wire/protocol";

type Host = Ui & HTMLElement & { focusComposer(): Promise<void> };

/** Kept for every tab of the site: keys without Ctrl are pressed by accident here. */
const QUIET = "keys-with-ctrl-alone";

export class Shortcuts {
  /** What stands above the composer. */
  readonly element = make("div", { class: "queue", part: "queue", role: "group", hidden: "" });
  readonly #queue: Queue;
  readonly #away = new AbortController();
  /** How things stood when the questions were drawn. */
  #drawn = "";

  /** `icon` draws one of the element's icons. */
  constructor(
    private readonly ui: Host,
    private readonly icon: (name: OwnIcon) => Element,
  ) {
    const { conversation } = ui;
    this.#queue = new Queue(
      tab,
      () => ui.scope,
      () => conversation.thread.temporary,
    );
    this.#queue.switchTo(conversation.threadId);
    if (conversation.threadId === null) this.#queue.read();
    adopt(ui.renderRoot, shortcutStyles);
    const { signal } = this.#away;
    document.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    ui.addEventListener("keydown", (event) => this.#written(event), { signal });
    ui.addEventListener("chatkit.response.start", () => this.#draw(), { signal });
    const ended = () => {
      const { thread } = conversation;
      // The answer is over once everybody has heard of its end. That of a conversation that was left for another calls
      // for nothing in that one.
      setTimeout(() => (thread === conversation.thread ? this.#goOn() : this.#draw()));
    };
    ui.addEventListener("chatkit.response.end", ended, { signal });
    ui.addEventListener(
      "chatkit.thread.change",
      () => {
        this.#queue.switchTo(conversation.threadId, conversation.busy);
        this.#draw();
      },
      { signal },
    );
    this.#draw();
  }

  /** Takes what stands in the composer where an answer is on its way. */
  queue(): boolean {
    const { composer, conversation, turns, uploads } = this.ui;
    if (!conversation.busy || uploads.pending || turns.edited) return false;
    this.#queue.add({ input: composer.input(), attachments: composer.attachments });
    composer.clear();
    this.ui.announce(this.#words.isQueued);
    this.#draw();
    return true;
  }

  /** The element was drawn anew: the conversation may have been read, locked or opened meanwhile. */
  updated(): void {
    if (this.#stands !== this.#drawn) this.#draw();
  }

  leave(): void {
    this.#away.abort();
    this.ui.renderRoot.querySelector("dialog.shortcuts")?.remove();
  }

  get #words(): ShortcutWords {
    return this.ui.strings.shortcuts ?? english;
  }

  /** Whether the conversation takes questions; while it is being read nobody knows. */
  get #open(): boolean {
    const { state, thread } = this.ui.conversation;
    return thread.open && state.phase !== "loading";
  }

  /** Whether there is a composer: questions of the answer to its reader stand in its place. */
  get #writes(): boolean {
    const { busy, thread } = this.ui.conversation;
    return this.#open && (busy || !thread.entries.some(({ pending }) => pending));
  }

  /** All that decides how the questions are drawn. */
  get #stands(): string {
    return `${this.ui.conversation.busy} ${this.#open} ${this.#writes} ${this.#words.queued}`;
  }

  /** Sends the next question, unless the person ended the answer or it failed: then they say when. */
  #goOn(): void {
    const { conversation } = this.ui;
    const { failure, stopped } = conversation.state;
    if (!failure && !stopped && !this.#asksBack && this.ui.wait === 0) this.#send();
    this.#draw();
  }

  /** The answer ended with questions to its reader. */
  get #asksBack(): boolean {
    const last = this.ui.conversation.thread.last?.item;
    return last?.type === "structured_input" && last.status === "pending";
  }

  #send(question = this.#queue.questions[0]): void {
    const { conversation } = this.ui;
    const { state, thread } = conversation;
    if (!question || !this.ui.isConnected || state.phase !== "idle" || !thread.open) return;
    this.#queue.take(question);
    this.ui.emit("chatkit.log", { name: "message.send" });
    void conversation.send(question.input, question.attachments);
    this.#draw();
  }

  #takeBack(question: Queued): void {
    const { composer } = this.ui;
    this.#queue.take(question);
    if (composer.empty) {
      composer.setContent([]);
      composer.restore(question.input, question.attachments);
    } else {
      // What is being written meanwhile stays below it.
      const written = composer.input().content;
      composer.setContent([...question.input.content, { type: "input_text", text: "\n" }, ...written]);
      composer.setAttachments([...question.attachments, ...composer.attachments]);
      composer.setQuote(question.input.quoted_text ?? composer.quote);
      if (!composer.tool) composer.setTool(question.input.inference_options.tool_choice?.id ?? null);
    }
    this.#draw();
    void this.ui.focusComposer();
  }

  #draw(): void {
    const { element } = this;
    const { questions } = this.#queue;
    const words = this.#words;
    const { busy: waits } = this.ui.conversation;
    this.#drawn = this.#stands;
    const focused = element.contains((this.ui.renderRoot as ShadowRoot).activeElement);
    element.hidden = !questions.length;
    element.setAttribute("aria-label", questions.length ? words.queued : "");
    const said = make("span", { class: "said" }, waits ? words.atTheEnd : words.notSent);
    const top = make("div", { class: "top" }, this.icon("history"), said);
    if (!waits && this.#open) top.append(this.#button(words.sendNow, words.sendNow, () => this.#send()));
    const rows = questions.map((question) => {
      const text = textOf(question);
      const row = make("li", {}, make("bdi", { class: "said" }, text));
      if (this.#writes)
        row.append(this.#button(words.takeBack, words.takeBackOf(text), () => this.#takeBack(question)));
      return row;
    });
    element.replaceChildren(...(questions.length ? [top, make("ul", { role: "list" }, ...rows)] : []));
    // The button that was pressed is gone.
    if (focused) void this.ui.focusComposer();
  }

  #button(text: string, label: string, act: () => void): HTMLElement {
    const button = make("button", { type: "button", "aria-label": label }, text);
    button.addEventListener("click", act);
    return button;
  }

  /** In the empty message. */
  #written(event: KeyboardEvent): void {
    const target = event.composedPath()[0] as HTMLElement;
    const { composer } = this.ui;
    if (event.key !== "ArrowUp" || !plain(event) || !target.matches("textarea.input")) return;
    if (composer.text || composer.attachments.length || composer.quote) return;
    const question = this.ui.conversation.thread.entries.findLast(({ item }) => item.type === "user_message");
    if (!question) return;
    event.preventDefault();
    this.#edit(question);
  }

  #edit(question: Entry): void {
    const { ui } = this;
    const button = ui.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(question.id)}"] [data-edit]`);
    if (question.message) ui.rewrite(question);
    else if (button) button.click();
    else {
      const { content, quoted_text } = question.item as UserMessageItem;
      ui.composer.setContent(content);
      if (quoted_text) ui.composer.setQuote(quoted_text);
    }
  }

  /** Anywhere on the page. */
  #pressed(event: KeyboardEvent): void {
    const { ui } = this;
    if (event.defaultPrevented || composing(event) || !ui.checkVisibility() || openAbove(ui)) return;
    if (event.key === "/" && event.ctrlKey !== event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#help();
      return;
    }
    if (!plain(event)) return;
    const target = event.composedPath()[0];
    if (event.key === "Escape") {
      const { canStop } = ui.conversation.state;
      if (!ui.conversation.busy || !canStop || ui.menu !== null || ui.voice.panel) return;
      event.preventDefault();
      void ui.conversation.stop();
      return;
    }
    if ((event.key !== "/" && event.key !== "?") || isWriting(target) || site.get(QUIET)) return;
    event.preventDefault();
    if (event.key === "/") void ui.focusComposer();
    else this.#help();
  }

  #help(): void {
    const { ui } = this;
    const dialog = shortcutsDialog({
      words: this.#words,
      close: ui.strings.close,
      icon: this.icon("close"),
      search: ui.history.elsewhere,
      everywhere: !site.get(QUIET),
      choose: (everywhere) => site.set(QUIET, everywhere ? "" : "1"),
    });
    ui.renderRoot.querySelector(".frame")?.append(dialog);
    dialog.showModal();
    dialog.querySelector("h2")?.focus();
  }
}

/** A key that nobody has taken yet, by itself. "/" and "?" need Shift or AltGr on some keyboards. */
function plain(event: KeyboardEvent): boolean {
  const alone = !event.ctrlKey && !event.metaKey && !event.altKey;
  const withAltGr = event.getModifierState("AltGraph");
  return !event.defaultPrevented && !composing(event) && (alone || withAltGr);
}

function isWriting(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select");
}

/** Something lies over the chat: of the page, or a dialog of its own, in which nothing has the focus. */
function openAbove(ui: Host): boolean {
  const open = [...document.querySelectorAll(":modal, :popover-open")].some((one) => !one.contains(ui));
  return open || ui.renderRoot.querySelector("dialog[open]") !== null;
}
