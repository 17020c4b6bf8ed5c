/** Fetches what opens when somebody asks for it, as menus do: as soon as the browser has nothing else to do. */
import { nothing } from "lit";
import type * as Panel from "../lazy/panels";
import { lazy } from "../lazy-import";
import type { Ui } from "../views/ui";
import { Part } from "./part";

/** Milliseconds after which a browser that is never idle, or does not tell, fetches it all the same. */
const LATEST = 2000;

export class Panels extends Part<"panels"> {
  constructor(ui: Ui) {
    super(ui, "panels");
  }

  /** Fetches it once nothing else is to be done. Nobody asked: a failure is told to who asks. */
  whenIdle(): void {
    const fetch = () =>
      navigator.onLine &&
      void lazy("panels").then(
        (part) => {
          if (this.part === part) return;
          this.part = part;
          this.ui.changed();
        },
        () => undefined,
      );
    if ("requestIdleCallback" in window) requestIdleCallback(fetch, { timeout: LATEST });
    else setTimeout(fetch, LATEST);
  }

  /** Draws by the part; `instead` until it is here. */
  draw(view: (part: typeof Panel) => unknown, instead: unknown = nothing): unknown {
    const { part } = this;
    if (part && part !== "missing") return view(part);
    if (!part) void this.fetch();
    return instead;
  }

  /** Calls back at once where the part is here, else when it has come, if it comes. */
  async with(use: (part: typeof Panel) => void): Promise<void> {
    if (!this.part || this.part === "missing") await this.fetch();
    if (this.part && this.part !== "missing") use(this.part);
  }
}
