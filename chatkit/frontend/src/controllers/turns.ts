/** Versions, questions asked anew and follow-ups: fetched where the page asks for them, once a conversation is there. */
import { nothing } from "lit";
import type { Turns as Drawn } from "../lazy/turns";
import { ownOptions } from "../options";
import type { Message } from "../state/entry";
import { Part } from "./part";

export class Turns extends Part<"turns"> {
  #turns: Drawn | null = null;

  /** Raised with every change of what is drawn. */
  get version(): number {
    return this.#turns?.version ?? 0;
  }

  /** The id of the question that is being asked anew. */
  get edited(): string | null {
    return this.#turns?.edited ?? null;
  }

  /** A conversation was read, or an answer is over. Only servers of ours know of any of this. */
  async renew(): Promise<void> {
    const { options } = this.ui;
    const { versions, edit, followUps } = ownOptions(options).threadItemActions ?? {};
    if (!("getClientSecret" in options.api) || !(versions || edit || followUps)) return;
    await this.fetch();
    const { part } = this;
    if (!part || part === "missing") return;
    this.#turns ??= new part.Turns(this.ui);
    await this.#turns.renew();
  }

  /** Another conversation is opened. */
  leave(): void {
    this.#turns?.leave();
  }

  /** The id of the question that is asked anew by what is sent now. */
  take(): string | undefined {
    return this.#turns?.take();
  }

  /** Writes a message once more that the server did not take; it is asked in the place of the same question. */
  rewrite(message: Message): void {
    if (message.edits && this.#turns) this.#turns.rewrite(message.edits, message);
    else this.ui.composer.restore(message.input, message.attachments);
  }

  draw(view: (turns: Drawn) => unknown): unknown {
    return this.#turns ? view(this.#turns) : nothing;
  }
}
