/** A button for something named in a conversation: it shows what that is, and opens it where the page can. */
import type { Entity } from "@openai/chatkit";
import { html, type TemplateResult } from "lit";
import type { Ui } from "./ui";

export function namedButton(
  ui: Ui,
  entity: Entity,
  kind: string,
  content: unknown,
  open = () => ui.entityClicked(entity),
): TemplateResult {
  const { suggesting } = ui;
  const on = (event: Event) => suggesting.over(event.currentTarget as Element, entity);
  const off = (event: Event) => suggesting.over(event.currentTarget as Element, null);
  return html`<button
    type="button"
    class=${kind}
    part=${kind === "tag" ? "tag" : "entity"}
    dir="auto"
    @click=${(event: MouseEvent) => suggesting.touched(event.currentTarget as Element, entity, event) || open()}
    @pointerenter=${(event: PointerEvent) => event.pointerType === "touch" || on(event)}
    @pointerleave=${(event: PointerEvent) => event.pointerType === "touch" || off(event)}
    @focus=${(event: FocusEvent) => (event.target as Element).matches(":focus-visible") && on(event)}
    @blur=${off}
    @keydown=${(event: KeyboardEvent) => event.key === "Escape" && off(event)}
  >${content}</button>`;
}
