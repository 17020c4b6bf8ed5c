/** Fields. Their values are the DOM's own; a streamed update does not touch what was typed. */
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../icons";
import { composing } from "../keys";
import type { WidgetNode } from "../wire/protocol";
import { submit } from "./button";
import { fieldId, labelId } from "./labels";
import { mounted } from "./mounted";
import { heldCheck, heldText } from "./remembered";
import { ownName, type Scope, string } from "./scope";
import { styled } from "./styled";
import * as values from "./values";

/** Enter in a field sends the form it is in, as in any form. */
function enter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || composing(event)) return;
  event.preventDefault();
  submit(event.currentTarget as HTMLElement);
}

interface Common {
  name: string;
  /** The name under which its value is kept. */
  held: string;
  classes: string;
  label: string;
  /** The id of its Label, which comes before `label`; nothing where it has none. */
  labelledBy: unknown;
  disabled: boolean;
}

function common(node: WidgetNode, scope: Scope): Common {
  const name = string(node.name) ?? "";
  const own = string(node.ariaLabel);
  const given = scope.labels(name)?.text;
  return {
    name,
    held: ownName(scope, name),
    classes: `field ${string(node.variant) ?? "outline"} ${node.size ? "sized" : ""} ${node.pill === true ? "pill-shape" : ""}`,
    label: own ?? given ?? string(node.placeholder) ?? name,
    labelledBy: own === undefined && given !== undefined ? labelId(scope, name) : nothing,
    disabled: node.disabled === true || scope.off(node.onChangeAction, scope.submits),
  };
}

const LETTERS: Record<string, string> = { xs: "0.8em", sm: "0.87em", md: "0.93em", lg: "1.07em", xl: "1.2em" };

export function label(node: WidgetNode, scope: Scope): TemplateResult {
  const name = string(node.fieldName) ?? "";
  return html`<label class="w-label" id=${name ? labelId(scope, name) : nothing} for=${fieldId(scope, name)} dir="auto" ${styled({ ...values.text(node), "font-size": LETTERS[String(node.size)] })}>${string(node.value)}</label>`;
}

export function input(node: WidgetNode, scope: Scope): TemplateResult {
  const { name, held, classes, label, labelledBy, disabled } = common(node, scope);
  const types = ["number", "email", "text", "password", "tel", "url"];
  const type = types.includes(String(node.inputType)) ? String(node.inputType) : "text";
  return html`<input
    class=${classes}
    id=${fieldId(scope, name)}
    part="widget-input"
    type=${type}
    data-name=${name} data-held=${held}
    aria-label=${label}
    aria-labelledby=${labelledBy}
    placeholder=${string(node.placeholder) ?? nothing}
    data-pattern=${(type === "number" ? undefined : string(node.pattern)) ?? nothing}
    ?required=${node.required === true}
    ?disabled=${disabled}
    value=${heldText(scope.ui, scope.entry, held) ?? string(node.defaultValue) ?? ""}
    ${styled(values.control(node))}
    ${mounted(attend(node, scope))}
    autocomplete=${autocomplete(node)}
    data-1p-ignore=${filled(node) ? nothing : "true"}
    data-lpignore=${filled(node) ? nothing : "true"}
    @keydown=${enter}
    @input=${changed}
  />`;
}

function filled(node: WidgetNode): boolean {
  return node.allowAutofillExtensions === true;
}

function autocomplete(node: WidgetNode): unknown {
  return string(node.autoComplete) ?? (filled(node) ? nothing : "off");
}

/** Takes the focus, unless somebody is writing something. */
function attend(node: WidgetNode, scope: Scope): (field: HTMLElement) => void {
  return (field) => {
    const control = field as HTMLInputElement;
    const select = () => node.autoSelect === true && control.select();
    const active = ((scope.ui.renderRoot as ShadowRoot).activeElement ?? document.activeElement) as { value?: unknown };
    if (node.autoFocus === true && !active?.value) control.focus({ preventScroll: true });
    select();
    control.addEventListener("focus", select);
  };
}

/** What was said of a pattern that the text before did not match is over. */
function changed({ currentTarget }: { currentTarget: unknown }): void {
  (currentTarget as HTMLInputElement).setCustomValidity("");
}

function growing(node: WidgetNode): (event: { currentTarget: unknown }) => void {
  const most = typeof node.maxRows === "number" ? Math.max(1, node.maxRows) : 20;
  return ({ currentTarget }) => {
    changed({ currentTarget });
    const field = currentTarget as HTMLTextAreaElement;
    if (node.autoResize !== true) return;
    field.style.setProperty("height", "auto");
    const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(field);
    const highest =
      most * Number.parseFloat(lineHeight) + Number.parseFloat(paddingTop) + Number.parseFloat(paddingBottom);
    field.style.setProperty("height", `${Math.min(field.scrollHeight, highest) + 2}px`);
  };
}

export function textarea(node: WidgetNode, scope: Scope): TemplateResult {
  const { name, held, classes, label, labelledBy, disabled } = common(node, scope);
  const rows = typeof node.rows === "number" ? Math.min(20, Math.max(1, node.rows)) : 3;
  const grow = growing(node);
  return html`<textarea
    class=${classes}
    id=${fieldId(scope, name)}
    part="widget-input"
    data-name=${name} data-held=${held}
    data-pattern=${string(node.pattern) ?? nothing}
    rows=${rows}
    aria-label=${label}
    aria-labelledby=${labelledBy}
    placeholder=${string(node.placeholder) ?? nothing}
    ?required=${node.required === true}
    ?disabled=${disabled}
    autocomplete=${autocomplete(node)}
    data-1p-ignore=${filled(node) ? nothing : "true"}
    data-lpignore=${filled(node) ? nothing : "true"}
    .defaultValue=${heldText(scope.ui, scope.entry, held) ?? string(node.defaultValue) ?? ""}
    ${styled(values.control(node))}
    ${mounted((field) => {
      grow({ currentTarget: field });
      attend(node, scope)(field);
    })}
    @input=${grow}
  ></textarea>`;
}

/** The sign that the action of a control is under way; an action says whether it is to be shown there. */
function waits(key: string, scope: Scope): TemplateResult | undefined {
  return scope.entry.busy === key ? html`<span class="spin w-waits" data-waits>${icon("loader")}</span>` : undefined;
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

/** Options beyond this many can be searched, unless the widget says otherwise. */
const MANY = 15;

export function select(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const { name, held, classes, label, labelledBy, disabled } = common(node, scope);
  const all = options(node, scope);
  const chosen = heldText(scope.ui, scope.entry, held) ?? string(node.defaultValue);
  const none = !all.some(({ value }) => value === chosen);
  const clears = node.clearable === true && !disabled;
  const searched = node.searchable === true || (node.searchable !== false && all.length > MANY);
  const change = (event: Event) => {
    noteEmpty(event);
    scope.act(node.onChangeAction, event.currentTarget as HTMLElement, key, "none");
  };
  const placeholder = string(node.placeholder) ?? scope.ui.strings.choose;
  return html`<span class="w-select ${node.block === true ? "block" : ""} ${clears ? "clears" : ""} ${searched ? "searched" : ""}" ${mounted(noteEmptyIn)}>
    ${searched ? html`<input class="field sized" type="search" aria-label="${label}: ${scope.ui.strings.choose}" placeholder=${scope.ui.strings.choose} ?disabled=${disabled} @input=${search} @change=${stop} @keydown=${stay} />` : nothing}
    <select class=${classes} id=${fieldId(scope, name)} part="widget-input" data-name=${name} data-held=${held} aria-label=${label} aria-labelledby=${labelledBy} ?disabled=${disabled} ${styled(values.control(node))} @change=${change}>
      ${none || clears ? html`<option value="" ?disabled=${!clears} ?selected=${none}>${placeholder}</option>` : nothing}
      ${all.map((option) => html`<option value=${option.value} ?selected=${option.value === chosen} ?disabled=${option.disabled === true}>${option.description ? `${option.label} – ${option.description}` : option.label}</option>`)}
    </select>
    ${waits(key, scope) ?? icon("chevron-down")} ${clears ? clear(label, scope) : nothing}
  </span>`;
}

const stop = (event: Event) => event.stopPropagation();
/** Enter here sends no form. */
const stay = (event: KeyboardEvent) => event.key === "Enter" && event.preventDefault();

/** Leaves the options that have these letters; the one that was chosen stays. */
function search(event: Event): void {
  event.stopPropagation();
  const field = event.currentTarget as HTMLInputElement;
  const wanted = field.value.trim().toLocaleLowerCase();
  for (const option of field.parentElement?.querySelectorAll("option") ?? []) {
    option.hidden = !option.selected && !option.text.toLocaleLowerCase().includes(wanted);
  }
}

/** Told of an event in a control: whether its wrapper holds nothing now. */
function noteEmpty(event: Event): void {
  const { parentElement } = event.currentTarget as HTMLElement;
  if (parentElement) noteEmptyIn(parentElement);
}

function noteEmptyIn(wrapper: HTMLElement): void {
  const control = wrapper.querySelector<HTMLInputElement>("[data-name]");
  wrapper.toggleAttribute("data-empty", !control?.value);
}

function clear(label: string, scope: Scope): TemplateResult {
  const press = (event: Event) => {
    const control = (event.currentTarget as HTMLElement).parentElement?.querySelector<HTMLInputElement>("[data-name]");
    if (!control) return;
    control.value = "";
    control.dispatchEvent(new Event("change", { bubbles: true }));
    control.focus();
  };
  return html`<button type="button" class="w-clear" aria-label=${scope.ui.strings.removeAttachment(label)} @click=${press}>${icon("close")}</button>`;
}

export function checkbox(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const { name, held, label, labelledBy, disabled } = common(node, scope);
  const own = Boolean(node.label);
  const change = (event: Event) => scope.act(node.onChangeAction, event.currentTarget as HTMLElement, key, "none");
  return html`<label class="w-check">
    <input type="checkbox" id=${own ? nothing : fieldId(scope, name)} data-name=${name} data-held=${held} ?checked=${heldCheck(scope.ui, scope.entry, held) ?? node.defaultChecked === true} ?required=${node.required === true} ?disabled=${disabled} aria-label=${own ? nothing : label} aria-labelledby=${own ? nothing : labelledBy} @change=${change} />
    ${own ? html`<span dir="auto">${string(node.label)}</span>` : nothing}${waits(key, scope)}
  </label>`;
}

export function radioGroup(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const { name, held, label, labelledBy, disabled } = common(node, scope);
  const change = (event: Event) => scope.act(node.onChangeAction, event.currentTarget as HTMLElement, key, "none");
  const chosen = heldText(scope.ui, scope.entry, held) ?? node.defaultValue;
  return html`<div class="w-radios ${node.direction === "col" ? "col" : ""}" role="radiogroup" aria-label=${label} aria-labelledby=${labelledBy}>
    ${options(node, scope).map(
      (option) => html`<label class="w-check">
        <input type="radio" name="${scope.entry.key}:${held}" data-name=${name} data-held=${held} value=${option.value} ?checked=${option.value === chosen} ?required=${node.required === true} ?disabled=${disabled || option.disabled === true} @change=${change} />
        <span dir="auto">${option.label}</span>
      </label>`,
    )}${waits(key, scope)}
  </div>`;
}

/** Dates that are being typed, and those of them whose action is due once they are whole. */
const typed = new WeakSet<EventTarget>();
const due = new WeakSet<EventTarget>();

/** To be told of the keys in a date: those that open the calendar, where a day is chosen whole, begin no typing. */
function typing({ key, altKey, currentTarget }: KeyboardEvent): void {
  if (key !== " " && key !== "F4" && !altKey && currentTarget) typed.add(currentTarget);
}

/** The browser's own calendar, which chooses its place by itself. */
export function datePicker(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const { name, held, classes, label, labelledBy, disabled } = common(node, scope);
  const day = (value: unknown) => (typeof value === "string" ? value.slice(0, 10) : undefined);
  const hint = string(node.placeholder);
  const clears = node.clearable === true && !disabled;
  const act = (field: HTMLElement) => {
    due.delete(field);
    scope.act(node.onChangeAction, field, key, "none");
  };
  // To the browser each digit that is typed makes another date: 0002, 0020, 0202, 2026.
  const change = (event: Event) => {
    const field = event.currentTarget as HTMLElement;
    noteEmpty(event);
    if (typed.has(field)) due.add(field);
    else act(field);
  };
  const whole = (event: Event) => {
    const field = event.currentTarget as HTMLElement;
    typed.delete(field);
    if (due.has(field)) act(field);
  };
  return html`<span class="w-date ${node.block === true ? "block" : ""} ${clears ? "clears" : ""} ${hint ? "hinted" : ""}" ${mounted(noteEmptyIn)}>
    <input
      class=${classes}
      id=${fieldId(scope, name)}
      part="widget-input"
      type="date"
      data-name=${name} data-held=${held}
      aria-label=${label}
      aria-labelledby=${labelledBy}
      value=${heldText(scope.ui, scope.entry, held) ?? day(node.defaultValue) ?? nothing}
      min=${day(node.min) ?? nothing}
      max=${day(node.max) ?? nothing}
      ?disabled=${disabled}
      ${styled(values.control(node))}
      @input=${noteEmpty}
      @change=${change}
      @keydown=${(event: KeyboardEvent) => (event.key === "Enter" ? whole(event) : typing(event))}
      @pointerdown=${({ currentTarget }: Event) => currentTarget && typed.delete(currentTarget)}
      @blur=${whole}
    />
    ${hint ? html`<span class="hint" aria-hidden="true" dir="auto">${hint}</span>` : nothing}${waits(key, scope)} ${clears ? clear(label, scope) : nothing}
  </span>`;
}
