/** Tells the page, as the log `connection` with `{lost}`, when the chat shows that its connection is gone or back. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Conversation } from "../state/conversation";
import type { Host } from "../state/host";

type Element = ReactiveControllerHost & Pick<Host, "emit"> & { conversation: Conversation; online: boolean };

export class Connection implements ReactiveController {
  #lost = false;

  constructor(private readonly host: Element) {
    host.addController(this);
  }

  hostUpdated(): void {
    const { reconnecting, failure } = this.host.conversation.state;
    const code = failure?.error.code;
    const lost = !this.host.online || reconnecting || code === "network" || code === "interrupted";
    if (lost === this.#lost) return;
    this.#lost = lost;
    this.host.emit("chatkit.log", { name: "connection", data: { lost } });
  }
}
