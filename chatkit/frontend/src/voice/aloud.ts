/** Reads an answer aloud, by the browser's own voices. Anything ends it. */
import type { Ui } from "../views/ui";
import { languageOf, speech } from "./speech";
import type { VoiceWords } from "./words";

export class Aloud {
  /** What is being read: the key of the entry. */
  reading: string | null = null;
  readonly #away = new AbortController();

  constructor(
    private readonly ui: Ui & EventTarget,
    private readonly words: () => VoiceWords,
    private readonly failed: (why: string) => void,
  ) {
    const { signal } = this.#away;
    const stop = () => this.stop();
    ui.addEventListener("chatkit.response.start", stop, { signal });
    ui.addEventListener("chatkit.thread.change", stop, { signal });
    addEventListener("pagehide", stop, { signal });
    addEventListener("keydown", ({ key }) => key === "Escape" && stop(), { signal, capture: true });
  }

  /** Reads a text, or ends it where that is being read. */
  read(key: string, markdown: string): void {
    const again = this.reading === key;
    this.stop();
    if (again) return;
    const pieces = speech(markdown, this.words());
    const { speechSynthesis } = window;
    if (!speechSynthesis || !pieces.length) {
      this.failed(this.words().cannotRead);
      return;
    }
    const lang = languageOf(pieces.join(" "), this.ui.locale.locale);
    this.#to(key);
    const last = pieces.length - 1;
    for (const [index, piece] of pieces.entries()) {
      const utterance = new SpeechSynthesisUtterance(piece);
      utterance.lang = lang;
      const voice = speechSynthesis.getVoices().find((one) => one.lang.replace("_", "-").startsWith(lang));
      if (voice) utterance.voice = voice;
      if (index === last) utterance.addEventListener("end", () => this.reading === key && this.#to(null));
      utterance.addEventListener("error", ({ error }) => {
        if (error === "canceled" || error === "interrupted" || this.reading !== key) return;
        this.stop(); // with the pieces that are still to come
        this.failed(this.words().cannotRead);
      });
      speechSynthesis.speak(utterance);
    }
  }

  stop(): void {
    if (this.reading === null) return;
    window.speechSynthesis.cancel();
    this.#to(null);
  }

  /** Ends it, and listens to nothing any more. */
  leave(): void {
    this.stop();
    this.#away.abort();
  }

  #to(key: string | null): void {
    this.reading = key;
    this.ui.changed();
  }
}
