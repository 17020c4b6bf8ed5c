/** Fetches the list of conversations that stands beside the chat, where the page wants one. */
import { html, nothing } from "lit";
import { lazy } from "../lazy-import";
import type { ConversationList, ListHost } from "../list/list";
import { hasListBeside } from "../options";

export class Beside {
  list: ConversationList | null = null;
  #fetching = false;
  /** It could not be fetched, or the server knows of no such list: then there is the plain one. */
  #without = false;

  constructor(private readonly ui: ListHost) {}

  get wanted(): boolean {
    const wanted = !this.#without && hasListBeside(this.ui.options);
    this.ui.history.elsewhere = wanted;
    return wanted;
  }

  /** Whether the list lies over the chat now. */
  get over(): boolean {
    return this.ui.history.open && this.wanted && this.list?.wide !== true;
  }

  /** What stands beside the chat. */
  draw(): unknown {
    if (!this.list) void this.#fetch();
    return html`<div class="side" part="list">${this.list?.element ?? nothing}</div>`;
  }

  /** Another server has another list, or none. */
  reset(): void {
    this.list?.leave();
    this.list = null;
    this.#without = false;
  }

  async #fetch(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    try {
      const { ConversationList } = await lazy("list");
      const list = new ConversationList(this.ui, () => this.list === list && this.#doWithout());
      this.list = list;
    } catch {
      this.#doWithout();
    }
    this.#fetching = false;
    this.ui.changed();
  }

  #doWithout(): void {
    const { ui } = this;
    this.#without = true;
    ui.history.elsewhere = false;
    if (ui.history.open) void ui.history.reload();
    ui.changed();
  }
}
