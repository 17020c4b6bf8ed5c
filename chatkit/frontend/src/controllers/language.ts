/** The words of the page's language, as soon as they are here. */
import type { ReactiveControllerHost } from "lit";
import { fetchLanguage, type Resolved, resolve } from "../translations/resolve";

export class Language {
  resolved: Resolved = resolve(undefined);
  /** Resolves when the words are those of `resolved.nearest`, or cannot be had. */
  settled: Promise<void> = Promise.resolve();

  constructor(private readonly host: ReactiveControllerHost) {}

  /** True while the words on the screen are to be replaced at once. */
  get pending(): boolean {
    return this.resolved.nearest !== this.resolved.language;
  }

  speak(locale: string | undefined): void {
    this.settled = this.#speak(locale);
  }

  async #speak(locale: string | undefined): Promise<void> {
    const wanted = resolve(locale);
    this.resolved = wanted;
    if (!this.pending) return;
    await fetchLanguage(wanted);
    if (this.resolved !== wanted) return;
    this.resolved = resolve(locale);
    this.host.requestUpdate();
  }
}
