/** Deletions that can still be taken back, each for its own time. */
import type { Taken } from "./store";

export interface Deletion {
  /** Those that are still gone. */
  taken: Taken;
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
   * Takes the last one back by `restore`, which gives the ids that the server has put back, and those for which it
   * could not be asked: for them the way back stays, as long as there is time.
   */
  async take(
    restore: (taken: Taken) => Promise<{ ids: string[]; left: readonly string[] }>,
  ): Promise<{ back: string[]; open: string | null }> {
    const kept = this.#all.at(-1);
    if (!kept || this.#busy) return { back: [], open: null };
    this.#busy = true;
    clearTimeout(kept.timer);
    const { ids: back, left } = await restore(kept.taken);
    this.#busy = false;
    const gone = kept.taken.ids.filter((id) => !back.includes(id) && !left.includes(id));
    kept.taken = { ...kept.taken, ids: left };
    if (left.length) this.#wait(kept);
    else this.#drop(kept);
    this.over(gone);
    return { back, open: kept.open };
  }

  #wait(kept: Kept): void {
    kept.timer = window.setTimeout(() => this.#end(kept), Math.max(0, kept.until - performance.now()));
  }

  #end(kept: Kept): void {
    this.#drop(kept);
    this.over(kept.taken.ids);
  }

  #drop(kept: Kept): void {
    this.#all = this.#all.filter((other) => other !== kept);
  }
}
