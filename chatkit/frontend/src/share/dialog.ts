/** Links to the conversation that is open: made, copied, taken back. */
import { html, nothing, render, type TemplateResult } from "lit";
import { adopt } from "../adopt";
import { icon } from "../icons";
import { panelStyles } from "../styles/panels";
import { sentence } from "../views/sentence";
import type { Ui } from "../views/ui";
import { type ApiError, fromHost } from "../wire/api-error";
import { english } from "./words";

interface Share {
  id: number;
  expires_at: string;
  opened: number;
}

/** Opens the dialog; the focus goes back to where it came from. */
export function share(ui: Ui): void {
  const { threadId } = ui.conversation;
  const frame = ui.renderRoot.querySelector<HTMLElement>(".frame");
  if (threadId === null || !frame) return;
  adopt(ui.renderRoot, panelStyles);
  new Sharing(ui, threadId, frame).open();
}

class Sharing {
  readonly #dialog = document.createElement("dialog");
  #shares: Share[] | null = null;
  #seconds = 0;
  /** The link that was made just now, the only one whose address is known here. */
  #url = "";
  #made = 0;
  #error: ApiError | null = null;
  #busy = false;

  constructor(
    private readonly ui: Ui,
    private readonly thread: string,
    private readonly frame: HTMLElement,
  ) {}

  open(): void {
    const dialog = this.#dialog;
    dialog.className = "share";
    dialog.setAttribute("part", "share");
    dialog.setAttribute("aria-labelledby", "share-title");
    // What is pressed here is nobody else's: Escape closes this, and stops no answer.
    dialog.addEventListener("keydown", (event) => dialog.open && event.stopPropagation());
    dialog.addEventListener("close", () => dialog.remove());
    // On the ground around it.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    this.frame.append(dialog);
    this.#draw();
    dialog.showModal();
    void this.#try(async () => {
      const found = (await this.#ask()) as { seconds: number; shares: Share[] };
      this.#seconds = found.seconds;
      this.#shares = found.shares;
    });
  }

  #draw(): void {
    render(this.#view(), this.#dialog);
  }

  #view(): TemplateResult {
    const { strings } = this.ui;
    const words = strings.share ?? english;
    const until = this.#day(new Date(Date.now() + this.#seconds * 1000));
    return html`<div class="inside">
      <header>
        <h3 id="share-title" tabindex="-1" autofocus>${words.title}</h3>
        <button type="button" class="icon-button" aria-label=${strings.close} title=${strings.close} @click=${() => this.#dialog.close()}>${icon("close")}</button>
      </header>
      ${this.#shares ? html`<p>${words.note(until)}</p>` : this.#error ? nothing : html`<span class="skeleton wide"></span>`}
      ${this.#error ? html`<p class="notice danger" role="alert">${icon("danger")}<span class="what" dir="auto">${sentence(this.#error, strings)}</span></p>` : nothing}
      ${
        this.#url
          ? html`<div class="row">
            <input class="field" readonly dir="ltr" aria-label=${words.link} .value=${this.#url} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
            <button type="button" class="button primary" data-copy-link @click=${() => void this.ui.copy(this.#url)}>${strings.copy}</button>
          </div>
          <p class="line" role="status">${words.made}</p>`
          : this.#shares
            ? html`<div class="row"><button type="button" class="button primary" aria-disabled=${this.#busy ? "true" : nothing} @click=${() => void this.#make()}>${words.create}</button></div>`
            : nothing
      }
      ${
        this.#shares?.length
          ? html`<h4>${words.links}</h4>
            <ul role="list">
              ${this.#shares.map(
                (one) => html`<li>
                  <span>${words.until(this.#day(new Date(one.expires_at)))} · ${words.opened(one.opened)}</span>
                  <button type="button" class="button" data-revoke @click=${() => void this.#revoke(one)}>${words.revoke}</button>
                </li>`,
              )}
            </ul>`
          : nothing
      }
    </div>`;
  }

  async #make(): Promise<void> {
    await this.#try(async () => {
      const { url, ...made } = (await this.#ask("POST")) as Share & { url: string };
      this.#url = url;
      this.#made = made.id;
      this.#shares = [made, ...(this.#shares ?? [])];
    });
    this.#dialog.querySelector<HTMLElement>("[data-copy-link]")?.focus();
  }

  async #revoke(one: Share): Promise<void> {
    await this.#try(async () => {
      await this.ui.client.ask(`/shares/${one.id}/revoke`, "POST");
      this.#shares = (this.#shares ?? []).filter(({ id }) => id !== one.id);
      if (one.id === this.#made) this.#url = "";
      this.ui.announce((this.ui.strings.share ?? english).revoked);
    });
    this.#dialog.querySelector<HTMLElement>("[data-revoke], .row .button")?.focus();
  }

  async #ask(method = "GET"): Promise<unknown> {
    return (await this.ui.client.ask(`/threads/${encodeURIComponent(this.thread)}/shares`, method)).json();
  }

  async #try(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#error = null;
    try {
      await work();
    } catch (thrown) {
      this.#error = fromHost(thrown, "unknown");
    }
    this.#busy = false;
    this.#draw();
  }

  #day(date: Date): string {
    return new Intl.DateTimeFormat(this.ui.locale.locale, { dateStyle: "medium", timeStyle: "short" }).format(date);
  }
}
