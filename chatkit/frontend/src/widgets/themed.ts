/** A part of a widget in light or dark, whatever the rest of the chat is in. */
import type { ChatKitOptions } from "@openai/chatkit";
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";
import { applyTheme } from "../theme";
import type { Ui } from "../views/ui";

class Themed extends Directive {
  #scheme: unknown = null;
  #options: ChatKitOptions | null = null;

  render(_scheme: unknown, _ui: Ui): unknown {
    return noChange;
  }

  override update(part: ElementPart, [scheme, ui]: [unknown, Ui]): unknown {
    if (scheme === this.#scheme && ui.options === this.#options) return noChange;
    if (scheme !== "light" && scheme !== "dark") {
      if (this.#scheme) (part.element as HTMLElement).removeAttribute("style");
      this.#scheme = null;
      return noChange;
    }
    this.#scheme = scheme;
    this.#options = ui.options;
    const frame = ui.renderRoot.querySelector<HTMLElement>(".frame");
    const probe = ui.renderRoot.querySelector<HTMLElement>(".probe");
    if (frame && probe) applyTheme(frame, probe, ui.options, part.element as HTMLElement, { colorScheme: scheme });
    return noChange;
  }
}

export const themed = directive(Themed);
