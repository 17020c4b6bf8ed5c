/** Files that are dragged over the chat and dropped on it. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Conversation } from "../state/conversation";
import type { History } from "../state/history";
import type { Uploads } from "../state/uploads";

type Host = ReactiveControllerHost &
  HTMLElement & { readonly conversation: Conversation; readonly history: History; readonly uploads: Uploads };

export class Drop implements ReactiveController {
  /** Files are held over the chat, which would take them. */
  over = false;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostConnected(): void {
    for (const name of ["dragenter", "dragover", "dragleave", "drop"] as const)
      this.host.addEventListener(name, this.#dragged);
  }

  hostDisconnected(): void {
    for (const name of ["dragenter", "dragover", "dragleave", "drop"] as const)
      this.host.removeEventListener(name, this.#dragged);
    this.over = false;
  }

  readonly #dragged = (event: DragEvent) => {
    const { dataTransfer: data, relatedTarget, type } = event;
    if (!data?.types.includes("Files") || !this.#open) return;
    // Else the browser leaves the page to show the file.
    event.preventDefault();
    data.dropEffect = "copy";
    if (type === "drop") void this.host.uploads.add([...data.files].filter(({ size, type }) => size || type));
    // Outside of the element the target is another; from part to part within it, it is the element itself.
    const left = type === "dragleave" && relatedTarget !== this.host;
    this.#show(type !== "drop" && !left);
  };

  get #open(): boolean {
    const { conversation, history, uploads } = this.host;
    return uploads.enabled && !history.open && conversation.thread.open;
  }

  #show(over: boolean): void {
    if (over === this.over) return;
    this.over = over;
    this.host.requestUpdate();
  }
}
