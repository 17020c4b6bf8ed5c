/** Tells the other tabs of this browser what happened to the list in this one. */

export type News =
  | { kind: "changed" }
  /** An answer began, or is over. */
  | { kind: "answering"; id: string; on: boolean }
  | { kind: "gone"; ids: string[] };

export class Tabs {
  readonly #channel: BroadcastChannel | null;

  /** `name` keeps the lists of two servers apart. */
  constructor(name: string, heard: (news: News) => void) {
    this.#channel = "BroadcastChannel" in window ? new BroadcastChannel(`chatkit:list:${name}`) : null;
    this.#channel?.addEventListener("message", ({ data }: MessageEvent<News>) => heard(data));
  }

  tell(news: News): void {
    this.#channel?.postMessage(news);
  }

  close(): void {
    this.#channel?.close();
  }
}
