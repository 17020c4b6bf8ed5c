/** What the chat area shows while there is no chat in it, and the note above a chat that goes on. */
import { duration, fill, type PageConfig } from "./config";
import { type IconName, icon } from "./icons";

export interface Action {
  label: string;
  /** A link's address; a button otherwise. */
  href?: string;
  run?: () => void;
}

export interface State {
  icon: IconName;
  tone: "plain" | "wait" | "problem";
  title: string;
  text: string;
  /** A second sentence, on what may be behind it. */
  more?: string;
  action?: Action;
  /** When, by `performance.now()`, `action` runs by itself; `text` and its label count down to it. */
  at?: number;
}

export class Cover {
  readonly #box: HTMLElement;
  #timer = 0;
  /** The focus was in a state that has been taken away. */
  #held = false;

  constructor(
    private readonly container: HTMLElement,
    private readonly config: PageConfig,
  ) {
    this.#box = container.querySelector<HTMLElement>(":scope > [data-ck-cover]") ?? this.#newBox();
    this.#box.querySelector("[data-ck-stalled]")?.remove(); // what it says would be wrong: we are here
  }

  /** Uncovers the chat; true where the focus belongs into it. */
  clear(): boolean {
    this.#stop();
    this.container.dataset.state = "ready";
    return this.#homeless();
  }

  /** Shows the outline of the chat that is being loaded. */
  loading(): void {
    this.#stop();
    this.container.dataset.state = "loading";
    this.#held ||= !!this.#shown()?.contains(document.activeElement);
    this.#shown()?.remove();
  }

  /** Shows a state; `name` stands in the container's `data-state` for the page's CSS and tests. */
  show(name: string, state: State): void {
    this.#stop();
    const focused = this.#homeless() || this.container.contains(document.activeElement);
    this.container.dataset.state = name;
    const box = element("div", "ck-state");
    box.dataset.tone = state.tone;
    box.setAttribute("role", state.tone === "problem" ? "alert" : "status");
    const picture = element("span", "ck-state-icon");
    picture.append(icon(state.icon));
    const title = element("h2", "ck-state-title", state.title);
    title.tabIndex = -1;
    const text = element("p", "ck-state-text", state.text);
    box.append(picture, title, text);
    if (state.more) box.append(element("p", "ck-state-text", state.more));
    const control = state.action && this.#control(state.action);
    if (control) {
      const actions = element("div", "ck-state-actions");
      actions.append(control);
      box.append(actions);
    }
    this.#shown()?.remove();
    this.#box.append(box); // the skeleton stays beside it, for the next start
    if (state.at !== undefined) this.#countDown(state, state.at, text, control);
    // Whoever was in the chat lost their place with it.
    if (focused) title.focus();
  }

  #countDown(state: State, at: number, text: HTMLElement, control: HTMLElement | undefined): void {
    // Said once: a countdown that is read out each second leaves room for nothing else.
    text.setAttribute("aria-live", "off");
    const tick = () => {
      const seconds = Math.ceil((at - performance.now()) / 1000);
      const { texts } = this.config;
      text.textContent = seconds > 0 ? fill(state.text, duration(seconds)) : texts.limitedOver;
      if (control instanceof HTMLButtonElement) {
        control.disabled = seconds > 0;
        control.textContent = seconds > 0 ? fill(texts.tryIn, duration(seconds)) : texts.tryAgain;
      }
      if (seconds > 0) return;
      this.#stop();
      state.action?.run?.();
    };
    this.#timer = window.setInterval(tick, 250);
    tick();
  }

  #control(action: Action): HTMLElement {
    if (action.href !== undefined) {
      const link = element("a", "ck-btn ck-btn-primary", action.label);
      link.href = action.href;
      return link;
    }
    const button = element("button", "ck-btn ck-btn-primary", action.label);
    button.type = "button";
    button.addEventListener("click", () => action.run?.());
    return button;
  }

  #stop(): void {
    clearInterval(this.#timer);
  }

  /** Whether the focus was here, and has gone nowhere else since; true once. */
  #homeless(): boolean {
    const { activeElement, body } = document;
    const held = this.#held && (!activeElement || activeElement === body);
    this.#held = false;
    return held;
  }

  /** The state on the screen; in a copy of the page, such as Turbo keeps, another chat's. */
  #shown(): Element | null {
    return this.#box.querySelector(":scope > .ck-state");
  }

  #newBox(): HTMLElement {
    const box = element("div", "ck-cover");
    box.dataset.ckCover = "";
    this.container.append(box);
    return box;
  }
}

/** A sentence above the chat, until it is closed or `clear` is called. */
export class Banner {
  #box: HTMLElement | null = null;

  constructor(
    private readonly container: HTMLElement,
    private readonly config: PageConfig,
  ) {}

  /** With `login`, an address, a link to the login stands behind the sentence. */
  show(text: string, login = ""): void {
    this.clear();
    const box = element("div", "ck-banner");
    box.setAttribute("role", "status");
    const said = element("p", "", text);
    if (login) {
      const link = element("a", "", this.config.texts.logIn);
      link.href = login;
      said.append(" ", link);
    }
    const close = element("button", "ck-icon-btn");
    close.type = "button";
    close.setAttribute("aria-label", this.config.texts.dismiss);
    close.append(icon("x"));
    close.addEventListener("click", () => this.clear());
    box.append(said, close);
    this.container.prepend(box);
    this.#box = box;
  }

  clear(): void {
    this.#box?.remove();
    this.#box = null;
  }
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
