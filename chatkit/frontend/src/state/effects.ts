/** Which effects of an answer this tab was told of: a run that is taken up again is read from its beginning. */
import { tab } from "../kept";

/** More runs than a tab comes back to while they live. */
const RUNS = 20;

export class Effects {
  /** How many of each run, for where nothing can be kept. */
  readonly #told = new Map<string, number>();

  /** `scope` keeps apart two elements that show the same answer. */
  constructor(private readonly scope: () => string) {}

  /** True once for the `nth` effect of a run, counted from 1; always for an answer that can't be taken up. */
  take(run: string | null, nth: number): boolean {
    if (run === null) return true;
    const name = `effects:${this.scope()}`;
    const kept = tab.read<[string, number][]>(name);
    const all = new Map([...(Array.isArray(kept) ? kept : []), ...this.#told]);
    if (nth <= (all.get(run) ?? 0)) return false;
    all.delete(run);
    this.#told.set(run, nth);
    tab.write(name, [...all, [run, nth]].slice(-RUNS));
    return true;
  }
}
