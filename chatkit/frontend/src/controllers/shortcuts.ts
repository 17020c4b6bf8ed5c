/** Fetches the shortcuts where the page wants them. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { iconElement } from "../icons";
import type * as Part from "../lazy/shortcuts";
import { lazy } from "../lazy-import";
import { ownOptions } from "../options";
import type { Ui } from "../views/ui";

type Host = Ui & ReactiveControllerHost & HTMLElement & { focusComposer(): Promise<void> };

export class Shortcuts implements ReactiveController {
  part: Part.Shortcuts | null = null;
  #asked = false;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostUpdated(): void {
    this.part?.updated();
    if (this.#asked || ownOptions(this.host.options).shortcuts !== true || !this.host.isConnected) return;
    this.#asked = true;
    lazy("shortcuts").then(
      (part) => {
        if (!this.host.isConnected) this.#asked = false;
        else this.part = new part.Shortcuts(this.host, iconElement);
        this.host.changed();
      },
      () => undefined, // the page is told; a chat without them is one all the same
    );
  }

  hostDisconnected(): void {
    // An element that is only moved is back before this asks.
    queueMicrotask(() => {
      if (this.host.isConnected) return;
      this.part?.leave();
      this.part = null;
      this.#asked = false;
    });
  }
}
