/** The page is another person's by now, or the visitor's who has logged in: it is loaded anew, once. */
import type { PageConfig } from "./config";
import { disownForNext, handOver, noteFresh, showInAddress, takeFresh, type Why } from "./memory";

export class Fresh {
  /** Why this page was loaded anew. A cache may have given it as it was before. */
  #why: Why;
  readonly #came: Why;

  constructor(private readonly config: PageConfig) {
    this.#came = this.#why = config.page ? takeFresh() : "";
  }

  /** What there is to say of it. */
  get notice(): string {
    return this.#why === "other" ? this.config.texts.otherUser : "";
  }

  /** The chat is there, and this user's. */
  settled(): void {
    this.#why = "";
  }

  /** Forgets all that was the former user's. Our own page is loaded anew, a host's keeps its forms. */
  otherUser(): void {
    disownForNext();
    if (!this.config.page) return;
    showInAddress(null);
    if (!this.#why) this.#load("other");
  }

  /**
   * A visitor's page has no token, and who has logged in needs one: the server says so as it refuses. What was
   * written stays for who the visitor is now. False where this page knows of no visitor, or was loaded anew for that.
   */
  loggedIn(): boolean {
    const { config } = this;
    if (!config.visitor || this.#came === "login") return false;
    handOver(config.user);
    if (config.page) this.#load("login");
    return true;
  }

  #load(why: Why): void {
    noteFresh(why);
    location.reload();
  }
}
