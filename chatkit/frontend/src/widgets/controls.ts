/** Buttons and fields. Their values are the DOM's own; a streamed update does not touch what was typed. */
import { html, nothing, type TemplateResult } from "lit";
import { icon, namedIcon } from "../icons";
import { composing } from "../keys";
import type { WidgetNode } from "../wire/protocol";
import { breakable } from "./breakable";
import { isAction, type Scope, string } from "./scope";

export function button(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const label = string(node.label) ?? "";
  const busy = scope.entry.busy === key;
  const disabled = node.disabled === true || scope.inert;
  const style = string(node.style) === "primary" || string(node.color) === "primary";
  const solid = string(node.variant) === "solid" || style;
  const classes = [
    "w-button",
    solid ? "solid" : (string(node.variant) ?? "outline"),
    `tone-${string(node.color) ?? (style ? "primary" : "secondary")}`,
    `size-${string(node.size) ?? "md"}`,
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
  return html`<button type="button" class=${classes.join(" ")} part="widget-button" aria-disabled=${disabled ? "true" : nothing} aria-busy=${busy ? "true" : nothing} aria-label=${label ? nothing : (start ?? nothing)} @click=${press}>
    ${busy ? html`<span class="spin">${icon("loader")}</span>` : namedIcon(start)}${label ? html`<span dir="auto">${breakable(label)}</span>` : nothing}
    ${namedIcon(string(node.iconEnd))}
  </button>`;
}

function submit(source: HTMLElement): void {
  source.closest("[data-form]")?.dispatchEvent(new CustomEvent("widget-submit", { detail: { source } }));
}

/** Enter in a field sends the form it is in, as in any form. */
function enter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || composing(event)) return;
  event.preventDefault();
  submit(event.currentTarget as HTMLElement);
}

interface Common {
  name: string;
  label: string;
  disabled: boolean;
}

function common(node: WidgetNode, scope: Scope): Common {
  const name = string(node.name) ?? "";
  return {
    name,
    label: string(node.ariaLabel) ?? string(node.placeholder) ?? name,
    disabled: node.disabled === true || scope.inert,
  };
}

/** What a Label of the same name points at. */
function fieldId(scope: Scope, name: string): string {
  return `f-${scope.entry.key}-${name}`;
}

export function label(node: WidgetNode, scope: Scope): TemplateResult {
  return html`<label class="w-label" for=${fieldId(scope, string(node.fieldName) ?? "")} dir="auto">${string(node.value)}</label>`;
}

export function input(node: WidgetNode, scope: Scope): TemplateResult {
  const { name, label, disabled } = common(node, scope);
  const types = ["number", "email", "text", "password", "tel", "url"];
  const type = types.includes(String(node.inputType)) ? String(node.inputType) : "text";
  return html`<input
    class="field ${node.pill === true ? "pill-shape" : ""}"
    id=${fieldId(scope, name)}
    part="widget-input"
    type=${type}
    data-name=${name}
    aria-label=${label}
    placeholder=${string(node.placeholder) ?? nothing}
    pattern=${string(node.pattern) ?? nothing}
    ?required=${node.required === true}
    ?disabled=${disabled}
    value=${string(node.defaultValue) ?? ""}
    autocomplete=${node.allowAutofillExtensions === true ? nothing : "off"}
    @keydown=${enter}
  />`;
}

export function textarea(node: WidgetNode, scope: Scope): TemplateResult {
  const { name, label, disabled } = common(node, scope);
  const rows = typeof node.rows === "number" ? Math.min(20, Math.max(1, node.rows)) : 3;
  return html`<textarea
    class="field"
    id=${fieldId(scope, name)}
    part="widget-input"
    data-name=${name}
    rows=${rows}
    aria-label=${label}
    placeholder=${string(node.placeholder) ?? nothing}
    ?required=${node.required === true}
    ?disabled=${disabled}
    .defaultValue=${string(node.defaultValue) ?? ""}
  ></textarea>`;
}

interface Option {
  value: string;
  label: string;
  disabled?: boolean;
  description?: string;
}

function options(node: WidgetNode, scope: Scope): Option[] {
  const given = (Array.isArray(node.options) ? node.options : []) as Option[];
  scope.parts.take(given.length);
  return given;
}

export function select(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const { name, label, disabled } = common(node, scope);
  const chosen = string(node.defaultValue);
  const change = (event: Event) => scope.act(node.onChangeAction, event.currentTarget as HTMLElement, key, "none");
  return html`<span class="w-select ${node.block === true ? "block" : ""}">
    <select class="field ${node.pill === true ? "pill-shape" : ""}" id=${fieldId(scope, name)} part="widget-input" data-name=${name} aria-label=${label} ?disabled=${disabled} @change=${change}>
      ${
        chosen === undefined || node.clearable === true
          ? html`<option value="" ?disabled=${node.clearable !== true} ?selected=${chosen === undefined}>${string(node.placeholder) ?? scope.ui.strings.choose}</option>`
          : nothing
      }
      ${options(node, scope).map((option) => html`<option value=${option.value} ?selected=${option.value === chosen} ?disabled=${option.disabled === true}>${option.label}</option>`)}
    </select>
    ${icon("chevron-down")}
  </span>`;
}

export function checkbox(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const { name, disabled } = common(node, scope);
  const change = (event: Event) => scope.act(node.onChangeAction, event.currentTarget as HTMLElement, key, "none");
  return html`<label class="w-check">
    <input type="checkbox" data-name=${name} ?checked=${node.defaultChecked === true} ?required=${node.required === true} ?disabled=${disabled} aria-label=${node.label ? nothing : name} @change=${change} />
    ${node.label ? html`<span dir="auto">${string(node.label)}</span>` : nothing}
  </label>`;
}

export function radioGroup(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const { name, label, disabled } = common(node, scope);
  const change = (event: Event) => scope.act(node.onChangeAction, event.currentTarget as HTMLElement, key, "none");
  return html`<div class="w-radios ${node.direction === "col" ? "col" : ""}" role="radiogroup" aria-label=${string(node.ariaLabel) ?? label}>
    ${options(node, scope).map(
      (option) => html`<label class="w-check">
        <input type="radio" name="${scope.entry.key}:${name}" data-name=${name} value=${option.value} ?checked=${option.value === node.defaultValue} ?required=${node.required === true} ?disabled=${disabled || option.disabled === true} @change=${change} />
        <span dir="auto">${option.label}</span>
      </label>`,
    )}
  </div>`;
}

export function datePicker(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const { name, label, disabled } = common(node, scope);
  const day = (value: unknown) => (typeof value === "string" ? value.slice(0, 10) : nothing);
  const change = (event: Event) => scope.act(node.onChangeAction, event.currentTarget as HTMLElement, key, "none");
  return html`<input
    class="field w-date"
    id=${fieldId(scope, name)}
    part="widget-input"
    type="date"
    data-name=${name}
    aria-label=${label}
    value=${day(node.defaultValue)}
    min=${day(node.min)}
    max=${day(node.max)}
    ?disabled=${disabled}
    @change=${change}
  />`;
}
