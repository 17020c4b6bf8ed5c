/** A part of the element that is fetched once something needs it: here, on its way, or not to be had. */
import { lazy, type Parts } from "../lazy-import";
import type { Ui } from "../views/ui";

export class Part<K extends keyof Parts> {
  /** "missing" where it could not be fetched. Any other value than before draws what needs it anew. */
  part: Parts[K] | "missing" | null = null;
  #fetching: Promise<void> | null = null;

  constructor(
    protected readonly ui: Ui,
    private readonly name: K,
  ) {}

  /** Resolves when it is here, or could not be fetched: that is said once, and the next call tries again. */
  fetch(): Promise<void> {
    if (this.part && this.part !== "missing") return Promise.resolve();
    this.#fetching ??= this.#fetch();
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    const { ui } = this;
    this.part = await lazy(this.name).catch(() => "missing" as const);
    this.#fetching = null;
    if (this.part === "missing") ui.announce(ui.strings.errors.network);
    ui.changed();
  }
}
