/**
 * What goes on while the page is open: an evaluation that is asked. The server is asked how far it is, and the page
 * is loaded again once it is over, when it shows what was found. Without this script a link does that.
 */
interface Progress {
  asked: number;
  total: number;
  told: string;
  over: boolean;
}

const SECONDS = 2;
const LONGEST = 30; // between two questions to a server that does not answer
const PARTS = 4; // how often a reader who hears the page is told

class Watched {
  readonly #bar: HTMLProgressElement | null;
  #wait = SECONDS;
  #part: number;

  constructor(
    readonly box: HTMLElement,
    readonly over: () => void,
  ) {
    this.#bar = box.querySelector("progress");
    this.#part = this.#bar ? this.#partOf(this.#bar.value, this.#bar.max) : 0;
    this.#later();
  }

  #later(): void {
    setTimeout(() => {
      // Nobody looks: it goes on when somebody does.
      if (document.hidden) document.addEventListener("visibilitychange", () => void this.#look(), { once: true });
      else void this.#look();
    }, this.#wait * 1000);
  }

  async #look(): Promise<void> {
    let now: Progress;
    try {
      const response = await fetch(this.box.dataset.ckcProgress ?? "", { headers: { Accept: "application/json" } });
      if (!response.ok || response.redirected) {
        // Deleted, or logged out: asking again finds nothing else.
        this.#lost(true);
        if (response.status >= 500) this.#again();
        return;
      }
      now = (await response.json()) as Progress;
    } catch {
      this.#lost(true);
      this.#again();
      return;
    }
    this.#wait = SECONDS;
    this.#lost(false);
    this.#show(now);
    if (now.over) this.over();
    else this.#later();
  }

  #again(): void {
    this.#wait = Math.min(this.#wait * 2, LONGEST);
    this.#later();
  }

  #show({ asked, total, told }: Progress): void {
    const seen = this.box.querySelector("[data-ckc-told]");
    if (seen && seen.textContent !== told) seen.textContent = told;
    if (this.#bar) this.#bar.value = asked;
    const part = this.#partOf(asked, total);
    const heard = this.box.querySelector("[role=status]");
    if (heard && part > this.#part) heard.textContent = told;
    this.#part = part;
  }

  /** How many of the parts are done: telling each question would never let a reader finish a sentence. */
  #partOf(asked: number, total: number): number {
    return total ? Math.floor((asked * PARTS) / total) : 0;
  }

  #lost(lost: boolean): void {
    const note = this.box.querySelector<HTMLElement>("[data-ckc-lost]");
    if (note) note.hidden = !lost;
  }
}

/** Shows in the box how far it is, and calls `over` at its end. */
export function watchProgress(box: HTMLElement, over: () => void = () => location.reload()): void {
  new Watched(box, over);
}
