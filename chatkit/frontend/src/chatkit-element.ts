import type { ChatKitOptions, OpenAIChatKit, StartScreenPrompt } from "@openai/chatkit";
import { LitElement, type PropertyValues, type TemplateResult } from "lit";
import { copyText } from "./clipboard";
import { Announcer } from "./controllers/announcer";
import { Autosize } from "./controllers/autosize";
import { Beside } from "./controllers/beside";
import { Connection } from "./controllers/connection";
import { Drop } from "./controllers/drop";
import { Focus } from "./controllers/focus";
import { Folding } from "./controllers/folding";
import { Height } from "./controllers/height";
import { Hint } from "./controllers/hint";
import { Keyboard } from "./controllers/keyboard";
import { Language } from "./controllers/language";
import { Panels } from "./controllers/panels";
import { Pinned } from "./controllers/pinned";
import { Scroller } from "./controllers/scroller";
import { Shortcuts } from "./controllers/shortcuts";
import { Suggesting } from "./controllers/suggesting";
import { Surroundings } from "./controllers/surroundings";
import { ThemeController } from "./controllers/theme";
import { Turns } from "./controllers/turns";
import { Voice } from "./controllers/voice";
import { Wait } from "./controllers/wait";
import { Widgets } from "./controllers/widgets";
import type { MarkdownContext } from "./markdown/context";
import { address, fingerprint } from "./options";
import { plain } from "./plain";
import { Composer, toContent, toInput } from "./state/composer";
import { Conversation } from "./state/conversation";
import type { Entry } from "./state/entry";
import { History } from "./state/history";
import type { EventDetail } from "./state/host";
import { removeThread } from "./state/removal";
import { Uploads } from "./state/uploads";
import { styles } from "./styles";
import type { Resolved } from "./translations/resolve";
import { content } from "./views/content";
import { frame } from "./views/frame";
import { hindrance } from "./views/hindrance";
import { markdownContext } from "./views/markdown";
import type { Ui } from "./views/ui";
import { ApiError, left } from "./wire/api-error";
import { Client } from "./wire/client";
import type { ThreadItem, UserMessageInput } from "./wire/protocol";

type Events = import("@openai/chatkit").ChatKitEvents;

/** Before the page calls `setOptions` there is nobody to talk to. */
const NO_OPTIONS: ChatKitOptions = { api: { url: "", domainKey: "" } };

/**
 * A chat with an assistant, in the page itself: no frame, no request to anyone but the configured server.
 * The public interface is that of `@openai/chatkit`; configuration goes through `setOptions` alone.
 *
 * Its events, and what each carries, are in `docs/element.md`. Logs carry no text of messages.
 * Its parts and custom properties are listed in `styles/index.ts`.
 */
export class ChatKitElement extends LitElement implements OpenAIChatKit, Ui {
  static override styles = styles;

  options = NO_OPTIONS;
  menu: string | null = null;
  readonly client = new Client(
    () => this.options.api,
    () => this.locale.locale,
  );
  readonly conversation = new Conversation(this);
  readonly history = new History(this);
  readonly composer = new Composer(this, () => this.scope, this.conversation);
  readonly uploads = new Uploads(this, this.composer, (error) => this.conversation.fail(error, null));
  readonly suggesting = new Suggesting(this, (text) => this.#hint.say(text));
  readonly shortcuts = new Shortcuts(this);
  readonly #theme = new ThemeController(this);
  readonly #scroller = new Scroller(this);
  readonly pinned = new Pinned(this);
  readonly #wait = new Wait(this);
  readonly #focus = new Focus(this);
  readonly #drop = new Drop(this);
  readonly #announcer = new Announcer(this);
  readonly #hint = new Hint(this, (text) => this.announce(text));
  readonly voice = new Voice(this, (text) => this.#hint.say(text));
  readonly widgets = new Widgets(this);
  readonly panels = new Panels(this);
  readonly turns = new Turns(this, "turns");
  readonly beside = new Beside(this);
  readonly #language = new Language(this);
  readonly #surroundings = new Surroundings(this);
  #markdown: MarkdownContext | null = null;
  #booted = false;
  #configured = false;
  #print: string | null = null;
  #address = "";
  /** The thread that the page asked for before the element had begun. */
  #first: string | null | undefined;
  /** Set until the first thread is chosen: what a page asks for before that waits for it. */
  #begin: (() => void) | null = null;
  readonly #begun = new Promise<void>((begin) => {
    this.#begin = begin;
  });

  constructor() {
    super();
    this.addController(this.conversation);
    this.addController(new Keyboard(this));
    new Autosize(this);
    new Folding(this);
    new Connection(this);
    new Height(this);
  }

  get locale(): Resolved {
    return this.#language.resolved;
  }

  get online(): boolean {
    return this.#surroundings.online;
  }

  get strings(): Resolved["strings"] {
    return this.locale.strings;
  }

  get scope(): string {
    return `${address(this.options)}:${this.id}`;
  }

  get hint(): string {
    return this.#hint.text;
  }

  get wait(): number {
    return this.#wait.seconds;
  }

  get atEnd(): boolean {
    return this.#scroller.atEnd;
  }

  get markdown(): MarkdownContext {
    const { strings, conversation } = this;
    const domains = conversation.thread.imageDomains;
    if (this.#markdown?.strings !== strings || this.#markdown.imageDomains !== domains) {
      this.#markdown = markdownContext(this);
    }
    return this.#markdown;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#booted) void this.conversation.resume();
    else this.#boot();
  }

  // The published interface --------------------------------------------------------------------------------

  setOptions(options: ChatKitOptions): void {
    if (!options || typeof options !== "object" || !options.api || typeof options.api !== "object") {
      throw new TypeError('setOptions needs an object with "api": {getClientSecret} or {url, domainKey}.');
    }
    const print = fingerprint(options);
    // A page may keep one object and change it, so what it held is compared and not the object.
    const same = this.#configured && print !== null && print === this.#print;
    const moved = this.#configured && this.#address !== address(options);
    this.options = options;
    this.#print = print;
    this.#address = address(options);
    this.#configured = true;
    if (same) return;
    this.#language.speak(options.locale);
    this.#theme.update();
    if (moved) {
      // Another server knows neither the secret nor any of the conversations.
      this.client.reset();
      if (this.#booted) void this.#open(null);
      this.history.reset();
      this.beside.reset();
    }
    this.composer.renew();
    this.changed();
    this.#boot();
  }

  async focusComposer(): Promise<void> {
    await this.#begun;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("textarea.input")?.focus();
  }

  async setThreadId(threadId: string | null): Promise<void> {
    const id = threadId ?? null;
    if (this.#begin) {
      // Not begun yet: it takes the place of `initialThread`.
      this.#first = id;
      await this.#begun;
    } else {
      const { threadId, busy, state } = this.conversation;
      // A conversation that is about to begin has no id yet, and is left all the same.
      if (id !== threadId || state.failure?.opening || (id === null && busy)) void this.#open(id);
    }
    await this.conversation.settled();
    await this.updateComplete;
  }

  async sendUserMessage(message: Parameters<OpenAIChatKit["sendUserMessage"]>[0]): Promise<void> {
    if (this.#begin) await this.#begun;
    const { conversation } = this;
    const { attachments = [], newThread } = message;
    if (conversation.busy && !newThread) throw new ApiError("busy", "An answer is still being written.");
    const opened = newThread && !this.#blank ? this.#open(null) : null;
    // It is meant for what is open now, and for nothing that the page opens in the next line.
    const { thread } = conversation;
    await Promise.all([opened, conversation.ready()]);
    if (thread !== conversation.thread) throw left();
    this.uploads.trust(attachments);
    if (!(await this.#send(toInput(message), attachments))) throw left();
  }

  async setComposerValue(value: Parameters<OpenAIChatKit["setComposerValue"]>[0]): Promise<void> {
    if (this.#begin) await this.#begun;
    this.uploads.trust(value.attachments ?? []);
    this.composer.fill(value);
    const refused = value.files?.length ? await this.uploads.add(value.files) : null;
    await this.updateComplete;
    if (refused) throw refused;
  }

  async sendCustomAction(action: { type: string; payload?: Record<string, unknown> }, itemId?: string): Promise<void> {
    if (this.#begin) await this.#begun;
    await this.conversation.ready();
    if (!(await this.conversation.act(action, itemId))) throw left();
  }

  async showHistory(): Promise<void> {
    await this.#begun;
    if (this.options.history?.enabled !== false) await Promise.all([this.history.show(), this.panels.fetch()]);
  }

  async hideHistory(): Promise<void> {
    await this.#begun;
    this.history.hide();
    await this.updateComplete;
  }

  async fetchUpdates(): Promise<void> {
    await this.#begun;
    await this.conversation.update();
    await this.updateComplete;
  }

  // What the views ask for ---------------------------------------------------------------------------------

  changed(): void {
    this.requestUpdate();
  }

  emit<K extends keyof Events>(name: K, ...detail: EventDetail<K> extends void ? [] : [EventDetail<K>]): void {
    if (name === "chatkit.error") this.#wait.after((detail[0] as { error: ApiError }).error);
    if (name === "chatkit.thread.load.end") this.composer.keep();
    if (name === "chatkit.thread.change") {
      const { threadId } = detail[0] as { threadId: string | null };
      // A conversation that got its id by being begun keeps what is being written in it.
      if (!this.conversation.busy) this.uploads.leave();
      this.composer.switchTo(threadId, this.conversation.busy);
      if (!this.conversation.busy) this.turns.leave();
    }
    if (name === "chatkit.response.start") this.#scroller.follow();
    if (name === "chatkit.response.end") this.#hint.clear();
    if (name === "chatkit.response.end" || name === "chatkit.thread.load.end") void this.turns.renew();
    const given = name === "chatkit.error" ? detail[0] : plain(detail[0]);
    this.dispatchEvent(new CustomEvent(name, { detail: given ?? null, bubbles: true, composed: true }));
  }

  prepared(items: readonly ThreadItem[]): Promise<void> {
    return this.widgets.prepared(items);
  }

  announce(text: string): void {
    this.#announcer.say(text);
  }

  submit(): void {
    const { composer } = this;
    if (composer.empty || this.shortcuts.part?.queue() || this.hindered() || this.suggesting.part?.unfinished()) return;
    const sent = [composer.input(), composer.attachments, this.turns.take()] as const;
    composer.clear();
    composer.takeUp(true);
    void this.#send(...sent);
  }

  choosePrompt({ prompt }: StartScreenPrompt): void {
    if (this.hindered()) return;
    const content = typeof prompt === "string" ? toContent(prompt) : toContent(undefined, prompt);
    void this.#send({ content, attachments: [], inference_options: this.composer.input().inference_options });
    this.#focus.toMain();
  }

  hindered(): boolean {
    const why = hindrance(this);
    if (why) this.#hint.say(why);
    return why !== "";
  }

  tryAgain(question: Entry): void {
    if (this.hindered()) return;
    void this.conversation.again(question);
    this.#focus.toMain();
  }

  rewrite(question: Entry): void {
    const message = this.conversation.takeBack(question);
    if (message) this.turns.rewrite(message);
    this.#focus.toMain();
  }

  newChat(): void {
    if (this.#blank) this.history.hide();
    else void this.#open(null);
    this.#focus.toMain();
  }

  openThread(id: string): void {
    if (id === this.conversation.threadId) this.history.hide();
    else void this.#open(id);
    this.#focus.toMain();
  }

  toggleHistory(): void {
    const target = this.history.open ? "[data-history]" : "[data-search]";
    if (this.history.open) this.history.hide();
    else void this.history.show();
    void this.panels.with(() => this.#focus.to(target));
  }

  removeThread(id: string): Promise<void> {
    return removeThread(this, id, (selector) => this.#focus.to(selector));
  }

  setMenu(name: string | null): void {
    this.menu = name;
    this.changed();
  }

  scrollToEnd(): void {
    this.#scroller.toEnd();
    this.#focus.toMain();
  }

  async copy(text: string): Promise<boolean> {
    const copied = await copyText(text, this.renderRoot as ShadowRoot);
    if (copied) this.emit("chatkit.log", { name: "copy" });
    if (copied) this.announce(this.strings.copied);
    else this.#hint.say(this.strings.copyFailed);
    return copied;
  }

  protected override render(): TemplateResult {
    const around = { ready: this.#booted, dropping: this.#drop.over, said: this.#announcer.text };
    const shown = this.#booted || !this.#language.pending;
    return frame(this, around, shown ? content(this, this.#configured, this.#blank) : null);
  }

  protected override firstUpdated(): void {
    this.#theme.update();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#scroller.updated();
    this.suggesting.updated();
  }

  /** A new conversation in which nothing was said. */
  get #blank(): boolean {
    return this.conversation.threadId === null && !this.conversation.thread.entries.length;
  }

  async #open(id: string | null): Promise<void> {
    if (id === null) this.history.leave(this.conversation.thread);
    this.history.hide();
    this.#scroller.follow();
    await this.conversation.open(id);
    await this.updateComplete;
  }

  async #send(
    input: UserMessageInput,
    attachments: Parameters<Conversation["send"]>[1] = [],
    edits?: string,
  ): Promise<boolean> {
    this.history.hide();
    this.emit("chatkit.log", { name: "message.send" });
    return this.conversation.send(input, attachments, undefined, edits);
  }

  /**
   * Listeners may be added after `setOptions`: React does so in an effect that runs in a later task than the
   * one that mounts. So nothing is told, and no request is made, before two tasks have passed.
   */
  #boot(): void {
    if (this.#booted || !this.#configured || !this.isConnected) return;
    setTimeout(() =>
      setTimeout(async () => {
        await this.#language.settled;
        if (this.#booted || !this.isConnected) return;
        this.#booted = true;
        this.composer.switchTo(null);
        this.emit("chatkit.ready");
        this.#start();
      }),
    );
  }

  /** Opens the first thread; what the page asked for until now is carried out on it. */
  #start(): void {
    const { initialThread } = this.options;
    const given = typeof initialThread === "string" && initialThread ? initialThread : null;
    const first = this.#first === undefined ? given : this.#first;
    this.changed();
    if (first === null) {
      this.conversation.restore();
      void this.conversation.connect();
    } else {
      void this.#open(first);
    }
    this.#begin?.();
    this.#begin = null;
    this.panels.whenIdle();
  }
}
