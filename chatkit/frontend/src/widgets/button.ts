/** Buttons. */
import { html, nothing, type TemplateResult } from "lit";
import { icon, namedIcon } from "../icons";
import type { WidgetNode } from "../wire/protocol";
import { breakable } from "./breakable";
import { isAction, type Scope, string } from "./scope";
import { styled } from "./styled";
import * as values from "./values";

export function button(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const label = string(node.label) ?? "";
  const busy = scope.entry.busy === key;
  const disabled = node.disabled === true || scope.off(node.submit === true ? scope.submits : node.onClickAction);
  const style = string(node.style) === "primary" || string(node.color) === "primary";
  const solid = string(node.variant) === "solid" || (!node.variant && style);
  const classes = [
    "w-button",
    solid ? "solid" : (string(node.variant) ?? "outline"),
    `tone-${string(node.color) ?? (style ? "primary" : "secondary")}`,
    node.size ? "sized" : "",
    node.iconSize ? `icon-${node.iconSize}` : "",
    node.pill === true ? "pill-shape" : "",
    node.block === true ? "block" : "",
    node.uniform === true ? "uniform" : "",
  ];
  const start = string(node.iconStart);
  const press = (event: Event) => {
    if (disabled || busy) return;
    const source = event.currentTarget as HTMLElement;
    if (node.submit === true) submit(source);
    else if (isAction(node.onClickAction)) scope.act(node.onClickAction, source, key, "self");
  };
  return html`<button type="button" class=${classes.join(" ")} part="widget-button" aria-disabled=${disabled ? "true" : nothing} aria-busy=${busy ? "true" : nothing} aria-label=${label ? nothing : (start ?? nothing)} ${styled(values.control(node))} @click=${press}>
    ${busy ? html`<span class="spin">${icon("loader")}</span>` : namedIcon(start)}${label ? html`<span dir="auto">${breakable(label)}</span>` : nothing}
    ${namedIcon(string(node.iconEnd))}
  </button>`;
}

export function submit(source: HTMLElement): void {
  source.closest("[data-form]")?.dispatchEvent(new CustomEvent("widget-submit", { detail: { source } }));
}
