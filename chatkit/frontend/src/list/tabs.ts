/** Tells the other tabs of this browser what happened to the list in this one. */

export type News =
  /** With the ids of those that are there again, or the one that has another title. */
  | { kind: "changed"; back?: string[]; titled?: { id: string; title: string } }
  /** An answer began, or is over. */
  | { kind: "answering"; id: string; on: boolean }
  | { kind: "gone"; ids: string[] };

export class Tabs {
  #channel: BroadcastChannel | null = null;

  /** `name` keeps the lists of two servers apart. */
  constructor(
    private readonly name: string,
    private readonly heard: (news: News) => void,
  ) {}

  open(): void {
    this.close();
    if (!("BroadcastChannel" in window)) return;
    this.#channel = new BroadcastChannel(`chatkit:list:${this.name}`);
    this.#channel.addEventListener("message", ({ data }: MessageEvent<News>) => this.heard(data));
  }

  tell(news: News): void {
    this.#channel?.postMessage(news);
  }

  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }
}
