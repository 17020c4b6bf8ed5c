/** Notices when the network comes and goes, and when somebody looks at the page again. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { forgetThread, GONE, PREFIX } from "../kept";
import type { Conversation } from "../state/conversation";
import type { History } from "../state/history";
import { networkBack } from "../state/try-again";

type Host = ReactiveControllerHost & { conversation: Conversation; history: History };

export class Surroundings implements ReactiveController {
  online = navigator.onLine;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("online", this.#network);
    window.addEventListener("offline", this.#network);
    document.addEventListener("visibilitychange", this.#visible);
    window.addEventListener("storage", this.#gone);
  }

  hostDisconnected(): void {
    window.removeEventListener("online", this.#network);
    window.removeEventListener("offline", this.#network);
    document.removeEventListener("visibilitychange", this.#visible);
    window.removeEventListener("storage", this.#gone);
  }

  readonly #network = () => {
    this.online = navigator.onLine;
    this.host.requestUpdate();
    if (this.online) void networkBack(this.host.conversation);
  };

  /** A conversation was deleted in another tab. */
  readonly #gone = ({ key, newValue }: StorageEvent) => {
    if (key !== PREFIX + GONE || !newValue) return;
    forgetThread(newValue);
    this.host.history.told([newValue], true);
  };

  /** A thread may have grown elsewhere while nobody looked at this tab. */
  readonly #visible = () => {
    const { phase, failure } = this.host.conversation.state;
    if (document.visibilityState === "visible" && phase === "idle" && !failure) void this.host.conversation.refresh();
  };
}
