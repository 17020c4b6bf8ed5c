/** Fetches what draws widgets once a conversation, or the preview of something named, has one. */
import type { Ui } from "../views/ui";
import type { ThreadItem } from "../wire/protocol";
import { Part } from "./part";

/** How long a conversation that is there waits for it, in milliseconds. */
const PATIENCE = 3000;

export class Widgets extends Part<"widgets"> {
  constructor(ui: Ui) {
    super(ui, "widgets");
  }

  /** Resolves when these items can be drawn whole, or have waited long enough. */
  async prepared(items: readonly ThreadItem[]): Promise<void> {
    if (!items.some(({ type }) => type === "widget")) return;
    await Promise.race([this.fetch(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  }
}
