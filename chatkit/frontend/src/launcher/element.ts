/** `<chatkit-launcher>`: the button in the corner, and the panel that it opens. One of them is in use at a time. */
import { lastAnswer, noteAnswer, onAnswer } from "../answers";
import { tab } from "../kept";
import { onThisSite } from "../page/config";

import { claim, disown, disownOthers, isOwned, isUserKept, rememberedThread, wipe } from "../page/memory";

import { onSchemeChange, pageScheme } from "../page/scheme";
import { type Contents, read, type Words, wordsOf } from "./config";
import { made } from "./contents";
import { share, take, tellLogOut } from "./drafts";
import { build, make, type Parts, readableOn } from "./parts";
import { styles } from "./styles";

export const TAG = "chatkit-launcher";
const sheet = matchMedia("(width < 600px), (height < 480px)");
const OPEN = "launcher:open";
const GREETED = "launcher:greeted";
const LOOKS = [0, 1, 2, 3, 5, 8, 12, 20]; // seconds before each look at an answer that is being written
const TO_BEGIN = 2000; // milliseconds in which a question is on its way, and nothing runs yet
const MOST_LOOKS = 60;

let used: Launcher | null = null;

/** The one that is in use; null on a page without. */
export const launcher = () => used;

export class Launcher extends HTMLElement {
  #parts: Parts | null = null;
  #words!: Words;
  #chat: HTMLElement | null = null;
  /** Whether the chat has a bar of its own that our buttons may stand in. */
  #barred = false;
  #loading = false;
  #question: { text: string; send: boolean } | null = null;
  /** What had the focus before the panel was opened. */
  #from: HTMLElement | null = null;
  #looks = 0;
  #timer = 0;
  #unread = false;
  /** Aborted when it leaves the page. */
  #stay = new AbortController();

  get isOpen(): boolean {
    return this.hasAttribute("data-open");
  }

  connectedCallback(): void {
    if (used && used !== this) return; // a second tag: it waits until the first has gone
    used = this;
    this.#stay.abort();
    this.#stay = new AbortController();
    const { signal } = this.#stay;
    const { user = "", was, workflow = "", logOut = "", greeting = "" } = this.dataset;
    disownOthers(user, was);
    if (!this.#parts) this.#build();
    this.hidden = false;
    this.#colour();
    onSchemeChange(() => this.#colour(), signal);
    onAnswer(workflow, () => this.#changed(), signal);
    share(user, () => this.#over(), signal);
    // A stranger has a name from the first message on, here or in another tab.
    const kept = (event: StorageEvent) => !this.dataset.user || isUserKept(event, this.dataset.user);
    // What a visitor has written waits for who they are once they have logged in.
    const waits = ({ newValue }: StorageEvent) => this.dataset.visitor === "true" && !!newValue;
    addEventListener("storage", (event) => kept(event) || this.#over(waits(event)), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.#changed(), { signal });
    document.addEventListener("visibilitychange", () => this.#changed(), { signal });
    document.addEventListener("submit", ({ target }) => this.#submitted(target as HTMLFormElement, logOut), {
      signal,
      capture: true,
    });
    sheet.addEventListener("change", () => this.isOpen && this.#show(), { signal });
    window.visualViewport?.addEventListener("resize", () => this.#measure(), { signal });
    window.visualViewport?.addEventListener("scroll", () => this.#measure(), { signal });
    const parts = this.#parts as Parts;
    parts.greeting.hidden = !greeting || tab.get(GREETED) !== null || this.isOpen;
    // It was open on the page before: that is gone on with beside this page, and not over it.
    if (sheet.matches) this.isOpen && this.close(false);
    else if (this.isOpen) this.#show();
    else if (tab.get(OPEN) && (user || !isOwned())) this.open("", { focus: false });
    this.#changed();
  }

  disconnectedCallback(): void {
    if (used !== this) return;
    this.#stay.abort();
    clearTimeout(this.#timer);
    used = null;
    // Moved, or gone: then another tag's turn has come.
    queueMicrotask(() => used ?? document.querySelector<Launcher>(TAG)?.connectedCallback());
  }

  /** Opens the chat; a question stands in its composer, or is sent. */
  open(question = "", { send = false, focus = true } = {}): void {
    if (question) this.#question = { text: question, send };
    if (!this.isOpen) {
      const { user, was } = this.dataset;
      if (user) claim(user, was);
      const active = document.activeElement;
      this.#from = focus && active instanceof HTMLElement && active !== document.body ? active : null;
      this.toggleAttribute("data-open", true);
      tab.set(OPEN, "1");
      this.#greeted();
      this.#show();
      if (focus) this.#parts?.dialog.focus();
    }
    if (this.#chat) this.#ready();
    else void this.#load();
    this.#changed();
  }

  close(focus = true): void {
    const parts = this.#parts;
    if (!this.isOpen || !parts) return;
    this.toggleAttribute("data-open", false);
    tab.set(OPEN, "");
    const inside = this.contains(document.activeElement) || document.activeElement === this;
    parts.dialog.close();
    const back = this.#from?.isConnected && this.#from !== this ? this.#from : parts.open;
    if (focus && (inside || sheet.matches)) back.focus();
    this.#changed();
  }

  /** Throws away what the browser keeps, here and in the other tabs: the person logs out. */
  forget(): void {
    tellLogOut(this.dataset.user ?? "");
    this.#over();
    wipe();
  }

  #build(): void {
    const { page = "", greeting = "", color = "", accent = "" } = this.dataset;
    this.#words = wordsOf(this);
    const parts = build(this.#words, onThisSite(page), greeting);
    this.#parts = parts;
    const root = this.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(styles);
    root.adoptedStyleSheets = [style];
    root.append(...parts.all);
    for (const [name, given] of Object.entries({ color, theme: accent })) {
      if (given && CSS.supports("color", given)) this.style.setProperty(`--_${name}`, given);
    }

    parts.open.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    parts.close.addEventListener("click", () => this.close());
    const [said, dismiss] = parts.greeting.querySelectorAll("button");
    said?.addEventListener("click", () => this.open());
    dismiss?.addEventListener("click", () => {
      this.#greeted();
      parts.open.focus();
    });
    const { dialog } = parts;
    dialog.addEventListener("click", (event) => {
      // A click on what is dark around the sheet is one on the dialog itself, above its box.
      if (event.target === dialog && event.clientY < dialog.getBoundingClientRect().top) this.close();
    });
    // A modal dialog closes at Escape, also where the chat in it had a use for the key; not so where that has another
    // dialog open, which is to close by itself.
    const escapes = (event: KeyboardEvent) =>
      event.key === "Escape" && event.composedPath().find((at) => at instanceof HTMLDialogElement) === dialog;
    dialog.addEventListener("keydown", (event) => escapes(event) && event.preventDefault(), { capture: true });
    dialog.addEventListener("keydown", (event) => escapes(event) && !event.isComposing && this.close());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // a phone's gesture for "back"
      this.close();
    });
    this.addEventListener("chatkit.response.end", () => {
      if (!this.isOpen || document.hidden) noteAnswer(this.dataset.workflow ?? "", { unread: true });
      this.#changed();
    });
  }

  /** Shows the panel: beside the page, or as a sheet over it. */
  #show(): void {
    const { dialog, close } = this.#parts as Parts;
    // The chat stands in a slot: whoever writes in it is in a shadow root of its own.
    const inside = this.contains(document.activeElement);
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    if (dialog.open) dialog.close();
    if (sheet.matches) dialog.showModal();
    else dialog.open = true;
    if (inside && active instanceof HTMLElement) active.focus();
    else if (sheet.matches) close.focus();
    this.#measure();
  }

  /** Keeps the sheet above a keyboard that covers the page. */
  #measure(): void {
    const viewport = window.visualViewport;
    const { dialog } = this.#parts as Parts;
    if (!viewport || !this.isOpen) return;
    const covered = document.documentElement.clientHeight - viewport.height - viewport.offsetTop;
    const keyboard = viewport.scale < 1.01 && covered > 40;
    dialog.style.setProperty("--_below", keyboard ? `${covered}px` : "0px");
    dialog.style.setProperty("--_high", keyboard ? `${viewport.height}px` : "100dvh");
  }

  #colour(): void {
    this.dataset.scheme = pageScheme(this.parentElement ?? document.documentElement);
    const { open } = this.#parts as Parts;
    this.style.setProperty("--_on", readableOn(getComputedStyle(open).backgroundColor));
  }

  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const { wait } = this.#parts as Parts;
    const { url = "", workflow = "", language = "", user = "", visitor } = this.dataset;
    // A page made for a stranger, maybe long ago: what the tab has waits until the server says who is there.
    const unsure = !user && isOwned();
    wait.replaceChildren(this.#words.loading);
    wait.hidden = false;
    const last = lastAnswer(workflow);
    const thread = unsure ? null : last.unread ? last.thread : (rememberedThread(workflow) ?? last.thread);
    const asked = new URLSearchParams({ workflow, language, ...(thread ? { thread } : {}) });
    try {
      const reading = read<Contents>(onThisSite(`${url}?${asked}`));
      const [contents] = await Promise.all([reading, unsure ? undefined : take(user)]);
      const { config } = contents;
      // Whose login has run out did not choose to be a visitor: they log in again, and find what they have written.
      if (visitor === "false" && config.visitor) Object.assign(config, { user, visitor: false, blocked: "logged_out" });
      const chat = await made(contents);
      if (!this.isConnected) return;
      this.#chat = chat;
      chat.addEventListener("chatkit:session-created", () => {
        this.dataset.user ||= config.user;
      });
      this.#barred = contents.ours && config.options.header?.enabled !== false;
      new MutationObserver(() => this.#ready()).observe(chat, { attributeFilter: ["data-state"] });
      wait.hidden = true;
      this.append(chat);
    } catch {
      const again = make("button", { type: "button" }, this.#words.again);
      again.addEventListener("click", () => {
        this.#parts?.dialog.focus();
        void this.#load();
      });
      wait.replaceChildren(this.#words.failed, again);
    } finally {
      this.#loading = false;
    }
  }

  /** The chat takes questions, and the focus, once it is there. */
  #ready(): void {
    const chat = this.#chat;
    const ready = chat?.dataset.state === "ready";
    this.toggleAttribute("data-barred", ready && this.#barred);
    if (!chat || !ready || !this.isOpen) return;
    const question = this.#question;
    this.#question = null;
    if (question) chat.dispatchEvent(new CustomEvent("chatkit:ask", { detail: question }));
    const waits = this.shadowRoot?.activeElement === this.#parts?.dialog;
    // On a phone it would bring up the keyboard, over what there is to read.
    if (waits && !sheet.matches) this.#element()?.focusComposer?.();
  }

  #element() {
    return this.#chat?.querySelector<HTMLElement & Partial<import("@openai/chatkit").OpenAIChatKit>>("openai-chatkit");
  }

  /** Draws what has changed of the answers, and looks at one that nobody on this page listens to. */
  #changed(): void {
    const { workflow = "" } = this.dataset;
    const { open, dot, told } = this.#parts as Parts;
    if (this.isOpen && this.#chat && !document.hidden && lastAnswer(workflow).unread) {
      noteAnswer(workflow, { unread: false });
      void this.#element()?.fetchUpdates?.();
    }
    const { unread, running, at } = lastAnswer(workflow);
    const { label, unread: said } = this.#words;
    dot.hidden = !unread;
    open.title = label;
    open.setAttribute("aria-label", unread ? `${label}. ${said}` : label);
    open.setAttribute("aria-expanded", String(this.isOpen));
    if (unread !== this.#unread) told.textContent = unread ? said : "";
    const state = `${this.isOpen} ${unread}`;
    this.#unread = unread;
    if (state !== this.#state) {
      this.#state = state;
      const detail = { open: this.isOpen, unread };
      this.dispatchEvent(new CustomEvent("chatkit:launcher", { detail, bubbles: true }));
    }
    if (!running) this.#looks = 0;
    clearTimeout(this.#timer);
    if (running && !this.#chat && !document.hidden && this.#looks < MOST_LOOKS) {
      const wait = 1000 * (LOOKS[Math.min(this.#looks++, LOOKS.length - 1)] ?? 0);
      const early = Math.min(TO_BEGIN, at + TO_BEGIN - Date.now());
      this.#timer = window.setTimeout(() => void this.#look(), Math.max(wait, early));
    }
  }

  #state = "false false";

  async #look(): Promise<void> {
    const { state = "", workflow = "" } = this.dataset;
    const { thread, at } = lastAnswer(workflow);
    let [over, gone] = [false, false];
    try {
      const url = onThisSite(state.replace("THREAD_ID", encodeURIComponent(thread ?? "")));
      over = !!thread && !(await read<{ running: boolean }>(url)).running;
    } catch {
      gone = true;
    }
    const now = lastAnswer(workflow);
    const same = now.running && now.thread === thread && now.at === at;
    if (same && (over || gone)) noteAnswer(workflow, { running: false, unread: over });
    if (this.isConnected) this.#changed();
  }

  #greeted(): void {
    const { greeting } = this.#parts as Parts;
    if (!greeting.hidden) tab.set(GREETED, "1");
    greeting.hidden = true;
  }

  #submitted(form: HTMLFormElement, paths: string): void {
    const { pathname } = new URL(form.getAttribute("action") ?? "", document.baseURI);
    if (form.method === "post" && paths.split(" ").includes(pathname)) this.forget();
  }

  /** The login of this page is over: nothing of it stays, but what `waits`. */
  #over(waits = false): void {
    this.close();
    this.#chat?.remove();
    this.#chat = null;
    this.hidden = true;
    this.#stay.abort();
    clearTimeout(this.#timer);
    if (!waits) disown();
  }
}
