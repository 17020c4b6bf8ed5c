/** Fetches what draws widgets once a conversation, or the preview of something named, has one. */
import type * as Part from "../lazy/widgets";
import { lazy } from "../lazy-import";
import type { Ui } from "../views/ui";
import type { ThreadItem } from "../wire/protocol";

/** How long a conversation that is there waits for it, in milliseconds. */
const PATIENCE = 3000;

export class Widgets {
  /** What draws them; "missing" where it could not be fetched. Any other value than before draws each widget anew. */
  part: typeof Part | "missing" | null = null;
  #fetching: Promise<void> | null = null;

  constructor(private readonly ui: Ui) {}

  /** Resolves when it is here, or could not be fetched: that is said once, and the next call tries again. */
  fetch(): Promise<void> {
    if (this.part && this.part !== "missing") return Promise.resolve();
    this.#fetching ??= this.#fetch();
    return this.#fetching;
  }

  /** Resolves when these items can be drawn whole, or have waited long enough. */
  async prepared(items: readonly ThreadItem[]): Promise<void> {
    if (!items.some(({ type }) => type === "widget")) return;
    await Promise.race([this.fetch(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  async #fetch(): Promise<void> {
    const { ui } = this;
    this.part = await lazy("widgets").catch(() => "missing" as const);
    this.#fetching = null;
    if (this.part === "missing") ui.announce(ui.strings.errors.network);
    ui.changed();
  }
}
