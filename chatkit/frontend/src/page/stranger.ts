/** Somebody without a login who has not written yet: there is no session, and no cookie, before they do. */
import type { ChatKitOptions, OpenAIChatKit } from "@openai/chatkit";
import type { PageConfig } from "./config";

export class Stranger {
  #write = () => {};
  readonly #written = new Promise<void>((resolve) => {
    this.#write = resolve;
  });

  constructor(private readonly config: PageConfig) {}

  /** Whether it is one still: with the first session the page knows whose it is. */
  get here(): boolean {
    return this.config.visitor && this.config.user === "";
  }

  /** Resolves when a session may be asked for; for everybody else at once. */
  async written(): Promise<void> {
    if (this.here) await this.#written;
  }

  /** `known` is called once the first answer is over, if it was asked by a stranger. */
  watch(element: OpenAIChatKit, known: () => void): void {
    if (!this.here) return;
    element.addEventListener("chatkit.log", ({ detail }) => {
      if (detail.name === "message.send") this.#write();
    });
    const over = () => {
      if (this.here) return;
      element.removeEventListener("chatkit.response.end", over);
      known();
    };
    element.addEventListener("chatkit.response.end", over);
  }

  /** Who has written nothing has no conversations to list. */
  options(): Partial<ChatKitOptions> {
    return this.here ? { history: { enabled: false } } : {};
  }
}
