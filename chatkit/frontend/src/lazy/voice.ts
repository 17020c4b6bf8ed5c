/** Dictation and reading aloud. Fetched when somebody first asks for one of them. */
import type { OwnIcon } from "../icons";
import type { Ui } from "../views/ui";
import { Aloud } from "../voice/aloud";
import { base64 } from "../voice/base64";
import { Dictation } from "../voice/dictation";
import { inserted } from "../voice/insert";
import { Panel } from "../voice/panel";
import { record } from "../voice/recorder";
import { adoptStyles } from "../voice/styles";
import { english, type VoiceWords } from "../voice/words";

/** How often the loudness is looked at, in milliseconds. */
const TICK = 100;

export class Speech {
  readonly dictation: Dictation;
  readonly aloud: Aloud;
  readonly #panel: Panel;
  readonly #away = new AbortController();
  #ticking = 0;
  /** What is being dictated: `writing` of the composer. */
  #writing: object = {};

  /** `icon` draws one of the element's icons, `hint` says why something had no effect. */
  constructor(
    private readonly ui: Ui & EventTarget,
    icon: (name: OwnIcon) => Element,
    hint: (text: string) => void,
  ) {
    const words = (): VoiceWords => ui.strings.voice ?? english;
    this.dictation = new Dictation({
      words,
      record,
      write: async (recording, signal) => {
        const params = { audio_base64: await base64(recording), mime_type: recording.type };
        return (await ui.client.call<{ text: string }>("input.transcribe", params, { signal })).value.text;
      },
      insert: (text) => this.#insert(text),
      announce: (text) => ui.announce(text),
      now: () => performance.now() / 1000,
      changed: () => this.#changed(),
    });
    this.aloud = new Aloud(ui, words, hint);
    this.#panel = new Panel(this.dictation, words, icon);
    adoptStyles(ui.renderRoot);
    ui.addEventListener("chatkit.thread.change", () => ui.conversation.busy || this.dictation.cancel(), {
      signal: this.#away.signal,
    });
  }

  /** Somebody dictates, be it what was set aside meanwhile. */
  get dictating(): boolean {
    return this.dictation.phase !== "idle";
  }

  /** What stands in the composer; null while nobody dictates what is written there. */
  get panel(): HTMLElement | null {
    return this.dictating && !this.ui.composer.isAside(this.#writing) ? this.#panel.element : null;
  }

  dictate(): void {
    this.aloud.stop();
    if (this.dictating) return;
    this.#writing = this.ui.composer.writing;
    void this.dictation.start();
  }

  /** The element has left the page: the microphone is let go of. */
  leave(): void {
    this.dictation.cancel();
    this.aloud.leave();
    this.#away.abort();
  }

  #changed(): void {
    const { phase } = this.dictation;
    const { element } = this.#panel;
    const ticks = phase === "recording";
    if (ticks && !this.#ticking) this.#ticking = window.setInterval(() => this.#tick(), TICK);
    if (!ticks) window.clearInterval(this.#ticking);
    if (!ticks) this.#ticking = 0;
    const drawn = phase !== "idle" && element.isConnected;
    if (drawn) this.#panel.update();
    if (drawn && element.dataset.phase === phase) return;
    this.ui.changed();
    void this.ui.updateComplete.then(() => this.#panel.update());
  }

  #tick(): void {
    // The panel is gone, as while the list of conversations is open, or a question is asked anew.
    if (this.#panel.element.isConnected) this.dictation.tick();
    else this.dictation.pause();
  }

  #insert(words: string): void {
    const { composer, renderRoot } = this.ui;
    if (composer.isAside(this.#writing)) {
      composer.addAside(words);
      return;
    }
    const field = renderRoot.querySelector<HTMLTextAreaElement>("textarea.input");
    const { length } = composer.text;
    const { text, caret } = inserted(
      composer.text,
      field?.selectionStart ?? length,
      field?.selectionEnd ?? length,
      words,
    );
    composer.setText(text, caret);
    void this.ui.updateComplete.then(() => {
      field?.focus({ preventScroll: true });
      field?.setSelectionRange(caret, caret);
    });
  }
}
