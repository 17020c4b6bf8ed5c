/** Deletions that can still be taken back, each for its own time. */
import type { Taken } from "./store";

export interface Deletion {
  taken: Taken;
  /** What the line at the end of the list says of it. */
  said: string;
  /** The conversation that was open, where it is one of them. */
  open: string | null;
}

interface Kept extends Deletion {
  until: number;
  timer: number;
}

export class Undos {
  #all: Kept[] = [];
  /** One is being taken back. */
  #busy = false;

  /** `over`: these can't be taken back any more. */
  constructor(private readonly over: (ids: readonly string[]) => void) {}

  /** The one that a press on Undo takes back. */
  get last(): Deletion | undefined {
    return this.#all.at(-1);
  }

  add(deletion: Deletion, milliseconds: number): void {
    const kept: Kept = { ...deletion, until: performance.now() + milliseconds, timer: 0 };
    this.#all.push(kept);
    this.#wait(kept);
  }

  /**
   * Takes the last one back by `restore`, which gives the ids that the server has put back, or null where it could not
   * be asked: the way back stays then, as long as there is time.
   */
  async take(restore: (taken: Taken) => Promise<string[] | null>): Promise<{ back: string[]; open: string | null }> {
    const kept = this.#all.at(-1);
    if (!kept || this.#busy) return { back: [], open: null };
    this.#busy = true;
    clearTimeout(kept.timer);
    const back = await restore(kept.taken);
    this.#busy = false;
    if (back === null) this.#wait(kept);
    else this.#remove(kept, back);
    return { back: back ?? [], open: kept.open };
  }

  #wait(kept: Kept): void {
    kept.timer = window.setTimeout(() => this.#remove(kept), Math.max(0, kept.until - performance.now()));
  }

  #remove(kept: Kept, back: readonly string[] = []): void {
    this.#all = this.#all.filter((other) => other !== kept);
    this.over(kept.taken.ids.filter((id) => !back.includes(id)));
  }
}
