/** Dictation and reading aloud: the button's side of the part that is fetched when one is asked for. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { iconElement } from "../icons";
import type { Speech } from "../lazy/voice";
import { lazy } from "../lazy-import";
import type { Entry } from "../state/entry";
import type { Ui } from "../views/ui";

export class Voice implements ReactiveController {
  #speech: Speech | null = null;

  constructor(
    private readonly host: Ui & ReactiveControllerHost & EventTarget,
    private readonly hint: (text: string) => void,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    // An element that is only moved is back before this asks.
    queueMicrotask(() => {
      if (this.host.isConnected) return;
      this.#speech?.leave();
      this.#speech = null;
    });
  }

  /** What stands in the composer; null while nobody dictates what is written there. */
  get panel(): HTMLElement | null {
    return this.#speech?.panel ?? null;
  }

  get dictating(): boolean {
    return this.#speech?.dictating ?? false;
  }

  reading(entry: Entry): boolean {
    return this.#speech?.aloud.reading === entry.key;
  }

  dictate(): void {
    void this.#with((speech) => speech.dictate());
  }

  /** Reads an answer, or ends it where it is being read. */
  read(entry: Entry, text: string): void {
    void this.#with((speech) => speech.aloud.read(entry.key, text));
  }

  async #with(use: (speech: Speech) => void): Promise<void> {
    // Without waiting where it is here: browsers want the press of a button to be just now.
    if (!this.#speech) {
      const part = await lazy("voice").catch(() => null);
      if (!part) {
        this.hint(this.host.strings.errors.network);
        return;
      }
      this.#speech ??= new part.Speech(this.host, iconElement, this.hint);
    }
    if (this.host.isConnected) use(this.#speech);
  }
}
