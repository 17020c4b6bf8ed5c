/** Ids and times that look like a server's and are the same in each run. */
export class Ids {
  #last = 0;

  next(prefix: string): string {
    this.#last++;
    return `${prefix}_${this.#last}`;
  }

  /** A second later each time: lists are in their order. */
  now(): string {
    this.#last++;
    return new Date(Date.UTC(2026, 0, 1) + this.#last * 1000).toISOString().slice(0, 19);
  }
}
