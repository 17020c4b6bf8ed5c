/** One chat on a page: gets script and session, configures the element, and shows each state. */
import type { ChatKitOptions, OpenAIChatKit } from "@openai/chatkit";
import { noteAnswer } from "../answers";
import { after } from "./asking";
import { bearerFetch } from "./bearer-fetch";
import { Clock, onThisSite, type PageConfig } from "./config";
import { onConnection } from "./connection";
import { Failures } from "./failures";
import { Fresh } from "./fresh";
import { onOtherLogin } from "./logins";
import { claim, disownOthers, isOwned, rememberedThread, rememberThread, showInAddress } from "./memory";
import { Naming } from "./naming";
import { onSchemeChange } from "./scheme";
import { ScriptMissing, scriptReady, TAG } from "./script";
import { isFinal, SessionError } from "./session";
import { type Emit, Sessions } from "./sessions";
import { settle } from "./settle";
import { Banner, Cover } from "./states";
import { Stranger } from "./stranger";
import { paint, themeFor } from "./theme";

/** `lost`: the chat is there, its connection is not. */
export type Status = "loading" | "ready" | "lost" | "problem" | "ended";

const FRAME_SECONDS = 20;

export class Chat {
  status: Status = "loading";
  /** Whether it has been started; one that nobody has seen waits. */
  entered = false;
  readonly sessions: Sessions;
  readonly #clock: Clock;
  readonly #failures: Failures;
  readonly #cover: Cover;
  readonly #banner: Banner;
  readonly #stranger: Stranger;
  readonly #watchers = new Set<() => void>();
  #element: OpenAIChatKit | null = null;
  #naming: Naming | null = null;
  #thrown: unknown = null;
  /** A question is on its way in a conversation that has no id yet. */
  #asked = false;
  #thread: string | null;
  #ask: string;
  #send = false;
  #attempt = 0;
  #scriptFailed = false;
  #lost = false;
  readonly #fresh: Fresh;
  /** Aborted when the chat leaves the page. */
  #stay = new AbortController();
  /** Aborted when another element takes the place of this one, or none. */
  #mounted = new AbortController();

  /** `name` tells it from other chats of the page, in what the browser remembers. */
  constructor(
    readonly container: HTMLElement,
    readonly config: PageConfig,
    private readonly name: string,
  ) {
    this.#clock = new Clock(config.now);
    this.sessions = new Sessions(config, this.#clock, this.#emit, () => this.#changed(), name);
    this.#failures = new Failures(config, this.#clock, () => void this.start(), config.user !== "" || isOwned());
    this.#cover = new Cover(container, config);
    this.#banner = new Banner(container, config);
    this.#stranger = new Stranger(config);
    this.#fresh = new Fresh(config);
    // Where there is no chat, nothing is written: what waits for a login, waits on.
    (config.blocked ? disownOthers : claim)(config.user, config.was);
    this.#ask = config.ask;
    this.#thread = config.thread ?? (config.ask || config.notice ? null : rememberedThread(name));
    this.#asked = config.send;
    config.notice ||= this.#fresh.notice;
  }

  /** Whether nothing was said yet in the conversation that is open. */
  get begins(): boolean {
    return this.#thread === null && !this.#asked;
  }

  /** Calls back whenever `status`, the session or `begins` changes. */
  watch(callback: () => void): void {
    this.#watchers.add(callback);
  }

  /** The container is in the page, for the first time or again. */
  enter(): void {
    this.entered = true;
    this.#stay.abort();
    this.#stay = new AbortController();
    const { signal } = this.#stay;
    const page = this.container.closest<HTMLElement>("[data-ck-page]");
    if (page && this.config.page) settle(page, this.config.options.frameTitle ?? "", signal);
    this.#paint();
    onSchemeChange(() => this.#restyle(), signal);
    onOtherLogin(this.config, () => void this.#recheck(), signal);
    const missing = () => this.#banner.show(this.config.texts.partMissing);
    addEventListener("chatkit:part-missing", missing, { signal, once: true });
    void this.start();
  }

  /** The container, or the whole page, leaves the screen: what comes back is looked up anew. */
  leave(): void {
    this.#stay.abort();
    this.#attempt++;
    if (this.config.blocked) return;
    this.#unmount();
    this.#banner.clear();
    this.#cover.loading();
    this.#set("loading");
  }

  /** Brings the chat up from whatever state it is in. Never rejects: a failure is a state. */
  async start(): Promise<void> {
    const { config } = this;
    const blocked = this.#failures.blocked();
    if (blocked) {
      this.#cover.show(...blocked);
      return this.#set("problem");
    }
    const attempt = ++this.#attempt;
    this.#cover.loading();
    this.#set("loading");
    const again = this.#scriptFailed;
    this.#scriptFailed = false;
    try {
      // Both at once: the session is there by the time that the script can use it.
      const session = this.#stranger.here ? undefined : this.sessions.stock();
      await Promise.all([scriptReady(config.script, again), session]);
      if (attempt !== this.#attempt) return;
      await this.#mount();
      if (attempt !== this.#attempt) return;
      this.#fresh.settled();
      const focused = this.#cover.clear();
      this.#set(this.#lost ? "lost" : "ready");
      if (config.notice) this.#banner.show(config.notice, config.noticeLogin);
      config.notice = config.noticeLogin = "";
      this.#prefill();
      if (focused) void this.#element?.focusComposer();
      else this.#invite();
    } catch (error) {
      if (attempt === this.#attempt) this.#failed(error);
    }
  }

  /** Opens an empty conversation. */
  async newChat(): Promise<void> {
    this.#banner.clear();
    try {
      await this.#element?.setThreadId(null);
      await this.#element?.focusComposer();
    } catch {
      return; // the element refuses while an answer streams, and shows why
    }
  }

  /** Whoever comes by a skip link writes at once; without a chat they hear why there is none. */
  async focus(): Promise<void> {
    const title = this.container.querySelector<HTMLElement>(".ck-state-title");
    if (title) title.focus();
    else await this.#element?.focusComposer();
  }

  /** Ends the session on the server too. Throws SessionError. */
  async end(): Promise<void> {
    if (!this.sessions.current) return;
    await this.sessions.end();
    this.#attempt++;
    this.#unmount();
    this.#cover.show(...this.#failures.ended("circle-check"));
    this.#set("ended");
  }

  /** `getClientSecret` of the element. */
  async #secret(used: string | null): Promise<string> {
    try {
      await this.#stranger.written();
      const secret = await this.sessions.secret(used);
      if (used !== null) this.#banner.clear();
      return secret;
    } catch (error) {
      this.#refused(error);
      throw error;
    }
  }

  /** A session that could not be renewed while the conversation is on the screen. */
  #refused(error: unknown): void {
    this.#thrown = error;
    if (isFinal(error)) {
      this.#closed(error);
      return;
    }
    this.#tell(error);
    // Our own element says it where the message stands.
    if (!this.config.script.ours) this.#banner.show((error as SessionError).message);
  }

  /** The conversation may not stay on the screen. */
  #closed(error: unknown): void {
    this.#attempt++;
    this.#failed(error);
  }

  #tell(error: unknown): void {
    if (!(error instanceof SessionError)) return;
    this.#emit("chatkit:error", { code: error.code, message: error.message });
  }

  /** Asks the server whose the login is now; only what it says counts, silence does not. */
  async #recheck(): Promise<void> {
    if (!this.#element || this.#stranger.here) return;
    const attempt = this.#attempt;
    try {
      await this.sessions.renew();
    } catch (error) {
      if (attempt === this.#attempt && isFinal(error)) this.#closed(error);
    }
  }

  /** Puts a fresh element into the page; resolves when it says that it is ready. */
  async #mount(): Promise<void> {
    this.#unmount();
    this.#mounted = new AbortController();
    const made = document.createElement(TAG) as OpenAIChatKit;
    const placed = this.container.querySelector(`:scope > ${TAG}`);
    if (placed) placed.replaceWith(made);
    else this.container.prepend(made);
    this.#element = made;
    const ready = this.#ready(made);
    made.addEventListener("chatkit.thread.change", ({ detail }) => this.#threadChanged(detail.threadId));
    made.addEventListener("chatkit.response.start", () => this.#setAsked(true));
    this.#stranger.watch(made, () => made.setOptions(this.#options()));
    made.addEventListener("chatkit.error", ({ detail }) => this.#elementFailed(detail.error));
    made.addEventListener("chatkit.response.start", () => this.#answering(made, true));
    made.addEventListener("chatkit.response.end", () => this.#answering(made, false));
    this.#lost = !navigator.onLine;
    onConnection(made, (lost) => this.#connected(made, lost), this.#mounted.signal);
    // It is seen now; where it is still being written, the element says so.
    noteAnswer(this.config.workflow.id, { running: false, unread: false });
    made.setOptions(this.#options());
    await ready;
  }

  #ready(made: OpenAIChatKit): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new ScriptMissing()), FRAME_SECONDS * 1000);
      made.addEventListener("chatkit.ready", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #unmount(): void {
    this.#mounted.abort();
    this.#element?.remove();
    this.#element = null;
  }

  #options(): ChatKitOptions {
    const { script, options, urls } = this.config;
    this.#naming ??= new Naming(this.config, this.#fetch());
    const api: ChatKitOptions["api"] =
      script.form === "url"
        ? {
            url: onThisSite(urls.endpoint),
            domainKey: script.domainKey,
            uploadStrategy: { type: "two_phase" },
            fetch: this.#fetch(),
          }
        : { getClientSecret: (current) => this.#secret(current) };
    return {
      ...options,
      ...this.#stranger.options(),
      ...this.#naming.options(),
      api,
      initialThread: this.#thread,
      theme: themeFor(this.container, options.theme, !script.ours),
    };
  }

  /** A `fetch` that brings the session's secret. */
  #fetch(): typeof fetch {
    return bearerFetch(
      {
        current: async () => this.sessions.current?.clientSecret ?? (await this.#secret(null)),
        renewed: (refused) => this.#secret(refused),
      },
      (run) => onThisSite(this.config.urls.stop.replace("RUN_ID", encodeURIComponent(run))),
    );
  }

  #paint(): void {
    paint(this.container, themeFor(this.container, this.config.options.theme, false));
  }

  #restyle(): void {
    this.#paint();
    if (this.status === "ready" || this.status === "lost") this.#element?.setOptions(this.#options());
  }

  #connected(made: OpenAIChatKit, lost: boolean): void {
    if (made !== this.#element || lost === this.#lost) return;
    this.#lost = lost;
    if (this.status === "ready" || this.status === "lost") this.#set(lost ? "lost" : "ready");
  }

  /** What the launcher of the next page, or of another tab, shows. */
  #answering(made: OpenAIChatKit, running: boolean): void {
    // An element that has left the page listens no more; the answer goes on.
    if (made !== this.#element || !made.isConnected) return;
    const at = running ? { at: Date.now() } : {};
    noteAnswer(this.config.workflow.id, { thread: this.#thread, running, unread: false, ...at });
  }

  #threadChanged(thread: string | null): void {
    if (!thread) this.#setAsked(false);
    if (thread === this.#thread) return;
    this.#thread = thread;
    this.#changed();
    rememberThread(this.name, thread);
    noteAnswer(this.config.workflow.id, { thread });
    if (this.config.page) showInAddress(thread);
  }

  /** Puts a question into the composer, or sends it; where there is no chat yet, once there is one. */
  ask(text: string, send: boolean): void {
    this.#ask = text;
    this.#send = send;
    if (this.status === "ready" || this.status === "lost") this.#prefill();
  }

  #prefill(): void {
    const text = this.#ask;
    const element = this.#element;
    this.#ask = "";
    if (this.config.page) showInAddress(this.#thread);
    if (!text || !element) return;
    const put = async () => {
      await element.setComposerValue({ text: after(element, text) });
      await element.focusComposer();
    };
    // It refuses while another answer is written: then the question waits in the composer.
    const { send: newThread } = this.config; // the page was opened with it
    void (this.#send || newThread ? element.sendUserMessage({ text, newThread }).catch(put) : put());
    this.#send = this.config.send = false;
  }

  #setAsked(asked: boolean): void {
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#changed();
  }

  /** On our own page one may write at once, unless that opens a keyboard or something else has the focus. */
  #invite(): void {
    const { activeElement, body } = document;
    const elsewhere = activeElement && activeElement !== body;
    if (this.config.page && !elsewhere && !matchMedia("(pointer: coarse)").matches) void this.#element?.focusComposer();
  }

  #elementFailed(error: Error | undefined): void {
    // What getClientSecret threw is told already.
    if (error === this.#thrown || (this.#thrown && error?.cause === this.#thrown)) return;
    const { code } = (error ?? {}) as { code?: unknown };
    const { userMessage } = (error ?? {}) as { userMessage?: unknown };
    this.#emit("chatkit:error", {
      code: typeof code === "string" ? code : "chat_error",
      message: typeof userMessage === "string" ? userMessage : this.config.texts.errorTitle,
    });
    if (code === "not_found" && this.#thread) {
      rememberThread(this.name, null);
      if (this.config.page) showInAddress(null);
    }
  }

  #failed(error: unknown): void {
    if (error instanceof ScriptMissing) {
      this.#scriptFailed = !customElements.get(TAG);
      if (this.#scriptFailed) this.#startIfItComes(this.#attempt);
      this.#emit("chatkit:error", { code: "script_missing", message: this.config.texts.scriptTitle });
    }
    this.#tell(error);
    this.#banner.clear();
    const { code, loggedIn: told } = error as Partial<SessionError>;
    if (code === "user_changed") {
      this.sessions.forget();
      this.#thread = null;
      this.#fresh.otherUser();
    }
    const loggedIn = told && this.#fresh.loggedIn();
    // While one can tell whether the focus is in the chat.
    this.#cover.show(...(loggedIn ? this.#failures.loggedIn() : this.#failures.of(error)));
    this.#unmount();
    this.#set("problem");
  }

  /** A script that was only slow is better late than never. */
  #startIfItComes(attempt: number): void {
    void customElements.whenDefined(TAG).then(() => {
      if (attempt !== this.#attempt) return;
      this.#scriptFailed = false;
      void this.start();
    });
  }

  #set(status: Status): void {
    this.status = status;
    this.#changed();
  }

  #changed(): void {
    for (const callback of this.#watchers) callback();
  }

  readonly #emit: Emit = (name, detail) => {
    this.container.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  };
}
