/** One chat on a page: gets script and session, configures the element, and shows each state. */
import type { ChatKitOptions, OpenAIChatKit } from "@openai/chatkit";
import { bearerFetch } from "./bearer-fetch";
import type { ChatKitContainerEvents } from "./chatkit";
import { Clock, type PageConfig } from "./config";
import { claim, rememberedThread, rememberThread, showInAddress } from "./memory";
import { loadAgain, ScriptMissing, scriptReady, TAG } from "./script";
import { type Session, SessionApi, SessionError } from "./session";
import { Banner, Cover, type State } from "./states";
import { onSchemeChange, themeFor } from "./theme";

export type Status = "loading" | "ready" | "problem" | "ended";

const FRAME_SECONDS = 20;
// The browser's idea of the server's clock may be off by the time that the page took to arrive.
const EARLY_SECONDS = 30;

export class Chat {
  status: Status = "loading";
  session: Session | null = null;
  readonly clock: Clock;
  readonly #api: SessionApi;
  readonly #cover: Cover;
  readonly #banner: Banner;
  readonly #watchers = new Set<() => void>();
  #element: OpenAIChatKit | null = null;
  #asked: Promise<Session> | null = null;
  /** A session that was started but whose secret the element has not taken yet. */
  #spare: Session | null = null;
  #thrown: unknown = null;
  #thread: string | null;
  #ask: string;
  #attempt = 0;
  #scriptFailed = false;

  constructor(
    readonly container: HTMLElement,
    readonly config: PageConfig,
  ) {
    this.clock = new Clock(config.now);
    this.#api = new SessionApi(config);
    this.#cover = new Cover(container, config, this.clock);
    this.#banner = new Banner(container, config);
    claim(config.user);
    this.#ask = config.ask;
    this.#thread = config.thread ?? (config.ask || config.notice ? null : rememberedThread(config.workflow.id));
    onSchemeChange(() => this.#restyle());
  }

  /** Calls back whenever `status` or `session` changes. */
  watch(callback: () => void): void {
    this.#watchers.add(callback);
  }

  /** Brings the chat up from whatever state it is in. Never rejects: a failure is a state. */
  async start(): Promise<void> {
    const { config } = this;
    if (config.blocked) return this.#blocked();
    const attempt = ++this.#attempt;
    this.#cover.loading();
    this.#set("loading");
    if (this.#scriptFailed) loadAgain(config.script.url);
    this.#scriptFailed = false;
    try {
      // Both at once: the session is there by the time that the script can use it.
      const script = scriptReady(config.script.url, config.script.seconds);
      await Promise.all([script, this.#stocked()]);
      if (attempt !== this.#attempt) return;
      await this.#mount();
      if (attempt !== this.#attempt) return;
      this.#cover.clear();
      this.#set("ready");
      if (config.notice) this.#banner.show(config.notice);
      config.notice = "";
      this.#prefill();
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

  /** Ends the session on the server too. Throws SessionError. */
  async end(): Promise<void> {
    if (!this.session) return;
    await this.#api.cancel(this.session.sessionId);
    this.#ended();
  }

  #ended(): void {
    const { texts } = this.config;
    this.#attempt++;
    this.session = null;
    this.#spare = null;
    this.#unmount();
    this.#cover.show("ended", {
      icon: "circle-check",
      tone: "plain",
      title: texts.endedTitle,
      text: texts.ended,
      action: { label: texts.startAgain, run: () => void this.start() },
    });
    this.#set("ended");
  }

  /** Has a session at hand for the element, one that it has not used yet. */
  async #stocked(): Promise<void> {
    if (this.#spare && this.#spare.expiresAt * 1000 > this.clock.now()) return;
    this.#spare = await this.#newSession();
  }

  /** A session, the one being asked for if there is one; replaces the present one. */
  #newSession(): Promise<Session> {
    this.#asked ??= this.#requestSession().finally(() => {
      this.#asked = null;
    });
    return this.#asked;
  }

  async #requestSession(): Promise<Session> {
    const old = this.session;
    try {
      const session = await this.#api.start(old?.sessionId ?? "");
      this.session = session;
      this.#changed();
      const { sessionId, expiresAt } = session;
      this.#emit("chatkit:session-created", { sessionId, expiresAt, refreshed: old !== null });
      return session;
    } catch (error) {
      const { code, message } = error as SessionError;
      this.#emit("chatkit:error", { code, message });
      throw error;
    }
  }

  /** `getClientSecret` of the element: `current` is null the first time, the used-up secret after. */
  async #secret(current: string | null): Promise<string> {
    const spare = this.#spare;
    this.#spare = null;
    if (spare && spare.clientSecret !== current) return spare.clientSecret;
    // Our own element, and our own fetch, only ask again after a 401. One that came well before the
    // session's time means that somebody ended it, and that is not to be glossed over.
    const { script, texts } = this.config;
    const left = (this.session?.expiresAt ?? 0) - this.clock.now() / 1000;
    const ended = current !== null && (script.ours || script.form === "url") && left > EARLY_SECONDS;
    try {
      const session = await this.#newSession();
      if (ended) {
        this.#spare = session;
        throw new SessionError("session_expired", texts.endedTitle, 401);
      }
      this.#banner.clear();
      return session.clientSecret;
    } catch (error) {
      this.#refused(error);
      throw error;
    }
  }

  /** A session that could not be renewed while the conversation is on the screen. */
  #refused(error: unknown): void {
    this.#thrown = error;
    const failure = error as SessionError;
    if (failure.status === 401 || failure.status === 403) {
      this.#attempt++;
      this.#failed(failure);
    } else if (!this.config.script.ours) {
      this.#banner.show(failure.message); // our own element says it where the message stands
    }
  }

  /** Puts a fresh element into the page; resolves when it says that it is ready. */
  async #mount(): Promise<void> {
    this.#unmount();
    const made = document.createElement(TAG) as OpenAIChatKit;
    const placed = this.container.querySelector(`:scope > ${TAG}`);
    if (placed) placed.replaceWith(made);
    else this.container.prepend(made);
    this.#element = made;
    const ready = this.#ready(made);
    made.addEventListener("chatkit.thread.change", ({ detail }) => this.#threadChanged(detail.threadId));
    made.addEventListener("chatkit.error", ({ detail }) => this.#elementFailed(detail.error));
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
    this.#element?.remove();
    this.#element = null;
  }

  #options(): ChatKitOptions {
    const { script, options, urls } = this.config;
    const api: ChatKitOptions["api"] =
      script.form === "url"
        ? {
            url: urls.endpoint,
            domainKey: script.domainKey,
            fetch: bearerFetch(
              {
                current: async () => this.session?.clientSecret ?? (await this.#secret(null)),
                renewed: (refused) => this.#secret(refused),
              },
              (run) => urls.stop.replace("RUN_ID", encodeURIComponent(run)),
            ),
          }
        : { getClientSecret: (current) => this.#secret(current) };
    return {
      ...options,
      api,
      initialThread: this.#thread,
      theme: themeFor(this.container, options.theme, !script.ours),
    };
  }

  #restyle(): void {
    if (this.status === "ready") this.#element?.setOptions(this.#options());
  }

  #threadChanged(thread: string | null): void {
    if (thread === this.#thread) return;
    this.#thread = thread;
    rememberThread(this.config.workflow.id, thread);
    if (this.config.page) showInAddress(thread);
  }

  #prefill(): void {
    const text = this.#ask;
    this.#ask = "";
    if (this.config.page) showInAddress(this.#thread);
    if (text) void this.#element?.setComposerValue({ text }).then(() => this.#element?.focusComposer());
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
      rememberThread(this.config.workflow.id, null);
      if (this.config.page) showInAddress(null);
    }
  }

  #blocked(): void {
    const { texts, blocked } = this.config;
    const states: Record<string, State> = {
      logged_out: this.#loggedOut(),
      forbidden: { icon: "lock", tone: "wait", title: texts.forbiddenTitle, text: texts.forbidden },
      not_configured: { icon: "plug", tone: "plain", title: texts.emptyTitle, text: texts.empty },
      unknown_workflow: { icon: "circle-help", tone: "plain", title: texts.unknownTitle, text: texts.unknown },
    };
    const state = states[blocked];
    if (state) this.#cover.show(blocked.replace("_", "-"), state);
    this.#set("problem");
  }

  #loggedOut(): State {
    const { texts, urls } = this.config;
    const login = new URL(urls.login, location.href);
    login.searchParams.set("next", location.pathname + location.search);
    return {
      icon: "log-in",
      tone: "plain",
      title: texts.loggedOutTitle,
      text: texts.loggedOut,
      action: { label: texts.logIn, href: login.href },
    };
  }

  #failed(error: unknown): void {
    if (error instanceof ScriptMissing) {
      this.#scriptFailed = !customElements.get(TAG);
      if (this.#scriptFailed) this.#startIfItComes(this.#attempt);
      this.#emit("chatkit:error", { code: "script_missing", message: this.config.texts.scriptTitle });
    }
    const [name, state] = this.#stateFor(error);
    this.#unmount();
    this.#banner.clear();
    this.#cover.show(name, state);
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

  /** The state for a failure: its name and what it shows. */
  #stateFor(error: unknown): [string, State] {
    const { texts, sunset } = this.config;
    const again = { label: texts.tryAgain, run: () => void this.start() };
    const reload = { label: texts.reload, run: () => location.reload() };
    const more = sunset && this.clock.now() >= sunset.from ? sunset.text : undefined;
    if (error instanceof ScriptMissing) {
      const { scriptTitle: title, script: text } = texts;
      return ["script-missing", { icon: "plug", tone: "problem", title, text, more, action: again }];
    }
    const problem: State = { icon: "circle-alert", tone: "problem", title: texts.errorTitle, text: texts.badAnswer };
    if (!(error instanceof SessionError)) return ["error", { ...problem, more, action: again }];
    switch (error.code) {
      case "not_authenticated":
        return ["logged-out", this.#loggedOut()];
      case "session_expired":
        return [
          "ended",
          {
            ...problem,
            icon: "clock",
            tone: "plain",
            title: texts.endedTitle,
            text: texts.ended,
            action: { label: texts.startAgain, run: () => void this.start() },
          },
        ];
      case "forbidden":
        return ["forbidden", { icon: "lock", tone: "wait", title: texts.forbiddenTitle, text: error.message }];
      case "csrf_failed":
        return ["error", { ...problem, text: error.message, action: reload }];
      case "rate_limited": {
        const at = this.clock.now() + (error.retryAfter ?? 60) * 1000;
        return [
          "rate-limited",
          { icon: "hourglass", tone: "wait", title: texts.limitedTitle, text: texts.limited, at, action: again },
        ];
      }
      default: {
        // Where OpenAI failed, the server's own sentence names the sunset.
        const told = error.code.startsWith("openai_");
        return ["error", { ...problem, text: error.message, more: told ? undefined : more, action: again }];
      }
    }
  }

  #set(status: Status): void {
    this.status = status;
    this.#changed();
  }

  #changed(): void {
    for (const callback of this.#watchers) callback();
  }

  #emit<K extends keyof ChatKitContainerEvents>(name: K, detail: ChatKitContainerEvents[K]["detail"]): void {
    this.container.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
