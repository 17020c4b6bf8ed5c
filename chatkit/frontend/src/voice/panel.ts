/** What stands in the composer while somebody dictates: how loud it is, how long, and the buttons. */
import type { OwnIcon } from "../icons";
import type { Dictation, Phase } from "./dictation";
import type { VoiceWords } from "./words";

const BARS = 28;
/** Where nothing may move, the bars stand still and light up. */
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

type Name = "cancel" | "pause" | "resume" | "done" | "retry" | "discard";

const SHOWN: Record<Phase, Name[]> = {
  idle: [],
  asking: ["cancel"],
  recording: ["cancel", "pause", "done"],
  paused: ["cancel", "resume", "done"],
  writing: ["cancel"],
  failed: ["retry", "discard"],
};

export class Panel {
  readonly element = part("div", "voice");
  readonly #meter = part("span", "meter");
  readonly #time = part("span", "time");
  readonly #said = part("p", "said");
  readonly #spin = part("span", "spin");
  readonly #sign = part("span", "sign");
  readonly #buttons = new Map<Name, HTMLButtonElement>();
  readonly #bars = Array.from({ length: BARS }, () => part("i"));
  #levels: number[] = [];
  #phase: Phase = "idle";

  constructor(
    private readonly dictation: Dictation,
    private readonly words: () => VoiceWords,
    icon: (name: OwnIcon) => Element,
  ) {
    const { element } = this;
    element.setAttribute("part", "dictation");
    element.setAttribute("role", "group");
    this.#meter.setAttribute("aria-hidden", "true");
    this.#meter.append(...this.#bars);
    this.#time.dir = "auto";
    this.#spin.append(icon("loader"));
    this.#sign.append(icon("danger"));
    this.#button("cancel", icon("close"), () => dictation.cancel());
    element.append(this.#sign, this.#spin, this.#said, this.#meter, this.#time);
    this.#button("pause", icon("pause"), () => dictation.pause());
    this.#button("resume", icon("mic"), () => dictation.resume());
    this.#button("done", icon("check"), () => void dictation.finish());
    this.#button("retry", null, () => void dictation.retry());
    this.#button("discard", icon("trash"), () => dictation.cancel());
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      dictation.cancel();
    });
  }

  /** Draws what has changed. */
  update(): void {
    const { dictation, element } = this;
    const { phase, message } = dictation;
    const words = this.words();
    const focused = element.contains((element.getRootNode() as ShadowRoot).activeElement);
    const moved = phase !== this.#phase;
    this.#phase = phase;
    element.dataset.phase = phase;
    element.setAttribute("aria-label", words.dictation);
    const live = phase === "recording" || phase === "paused";
    this.#meter.hidden = this.#time.hidden = !live;
    this.#spin.hidden = phase !== "writing";
    this.#sign.hidden = phase !== "failed";
    this.#said.hidden = live;
    this.#said.textContent = phase === "asking" ? words.asking : phase === "writing" ? words.writing : message;
    this.#time.textContent = this.#timeText(words);
    this.#time.classList.toggle("ending", dictation.left !== null);
    this.#name(words);
    for (const [name, button] of this.#buttons) button.hidden = !SHOWN[phase].includes(name);
    if (!live) this.#levels = [];
    else if (phase === "recording") this.#show(dictation.level ?? 0);
    if (moved && (focused || phase === "asking")) this.focus();
  }

  /** The button that goes on gets the focus. */
  focus(): void {
    const first = ["done", "retry", "cancel"].find((name) => SHOWN[this.#phase].includes(name as Name));
    this.#buttons.get(first as Name)?.focus({ preventScroll: true });
  }

  #timeText(words: VoiceWords): string {
    const { left, elapsed, phase } = this.dictation;
    if (left !== null && phase === "recording") return words.left(left);
    const seconds = Math.floor(elapsed);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  #name(words: VoiceWords): void {
    const names: Record<Name, string> = {
      cancel: words.cancel,
      pause: words.pause,
      resume: words.goOn,
      done: words.done,
      retry: this.dictation.kept ? words.retry : words.again,
      discard: this.dictation.kept ? words.discard : words.cancel,
    };
    for (const [name, button] of this.#buttons) {
      if (name === "retry") button.textContent = names.retry;
      else button.ariaLabel = button.title = names[name];
    }
  }

  #show(level: number): void {
    if (STILL.matches) {
      for (const [index, bar] of this.#bars.entries()) size(bar, index < Math.ceil(level * BARS) ? 1 : 0);
      return;
    }
    this.#levels = [...this.#levels, level].slice(-BARS);
    const first = BARS - this.#levels.length;
    for (const [index, bar] of this.#bars.entries()) size(bar, this.#levels[index - first] ?? 0);
  }

  #button(name: Name, content: Element | null, press: () => void): void {
    const button = part("button", name === "retry" ? "button" : name === "done" ? "send" : "icon-button");
    button.type = "button";
    button.dataset.do = name;
    if (content) button.append(content);
    button.addEventListener("click", press);
    this.#buttons.set(name, button);
    this.element.append(button);
  }
}

function size(bar: HTMLElement, level: number): void {
  // As it is heard: twice as loud is four times the power.
  bar.style.setProperty("--level", String(Math.round(Math.sqrt(level) * 100) / 100));
}

function part<K extends keyof HTMLElementTagNameMap>(name: K, className = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (className) element.className = className;
  return element;
}
