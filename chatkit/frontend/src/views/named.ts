/** A button for something named in a conversation: it shows what that is, and opens it where the page can. */
import type { Entity } from "@openai/chatkit";
import { html, type TemplateResult } from "lit";
import { plain } from "../plain";
import type { Ui } from "./ui";

/** Tells the page that somebody wants to see what was named. */
export function openEntity(ui: Ui, entity: Entity): void {
  ui.options.entities?.onClick?.(plain(entity));
}

export function namedButton(
  ui: Ui,
  entity: Entity,
  kind: string,
  content: unknown,
  open = () => openEntity(ui, entity),
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
