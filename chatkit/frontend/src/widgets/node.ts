/** One node of a widget tree to a template. A type we do not know shows its children, never an error. */
import { html, nothing, type TemplateResult } from "lit";
import { namedIcon } from "../icons";
import { safeImage } from "../links";
import { markdown } from "../markdown/directive";
import type { WidgetNode } from "../wire/protocol";
import { breakable } from "./breakable";
import { button } from "./button";
import { chart } from "./chart/view";
import { checkbox, datePicker, input, label, radioGroup, select, textarea } from "./controls";
import { growing } from "./growing";
import { labelsIn } from "./labels";
import { children, isAction, type Scope, string } from "./scope";
import { styled } from "./styled";
import { table } from "./table";
import { moving } from "./transition";
import * as values from "./values";

export function nodeView(node: WidgetNode, key: string, scope: Scope): unknown {
  switch (node.type) {
    case "Box":
      return container(node, key, scope, node.direction === "row" ? "row" : "column");
    case "Row":
      return container(node, key, scope, "row");
    case "Col":
      return container(node, key, scope, "column");
    case "Basic":
      return container({ align: "stretch", ...node }, key, scope, node.direction === "row" ? "row" : "column");
    case "Form":
      return form(node, key, scope);
    case "Spacer":
      return html`<span class="w-spacer" ${styled({ "min-width": values.size(node.minSize), "min-height": values.size(node.minSize) })}></span>`;
    case "Divider":
      return html`<hr class="w-divider ${node.flush === true ? "flush" : ""}" ${styled({
        "border-color": values.lineColour(node.color),
        "border-block-start-width": values.size(node.size),
        "margin-block": values.spacing(node.spacing),
      })} />`;
    case "Title":
      return text(node, "w-title", "md");
    case "Caption":
      return text(node, "w-caption", "md");
    case "Text":
      return editable(node, scope) ?? text(node, "w-text", "md");
    case "Markdown":
      return html`<div class="w-markdown">${markdown(string(node.value) ?? "", scope.ui.markdown, node.streaming !== true)}</div>`;
    case "Badge":
      return html`<span class="w-badge tone-${string(node.color) ?? "secondary"} ${string(node.variant) ?? "soft"} size-${string(node.size) ?? "sm"} ${node.pill === true ? "pill-shape" : ""}" dir="auto">${breakable(node.label)}</span>`;
    case "Icon":
      return html`<span class="w-icon size-${string(node.size) ?? "md"}" ${styled({ color: values.textColour(node.color) })}>${namedIcon(string(node.name))}</span>`;
    case "Image":
      return image(node, scope);
    case "Button":
      return button(node, key, scope);
    case "Label":
      return label(node, scope);
    case "Input":
      return input(node, scope);
    case "Textarea":
      return textarea(node, scope);
    case "Select":
      return select(node, key, scope);
    case "Checkbox":
      return checkbox(node, key, scope);
    case "RadioGroup":
      return radioGroup(node, key, scope);
    case "DatePicker":
      return datePicker(node, key, scope);
    case "Table":
      return table(node, key, scope);
    case "Chart":
      return chart(node, key, scope);
    case "Transition":
      return html`<div class="w-transition" ${moving(identity(node))}>${childViews(node, key, scope)}</div>`;
    default:
      return childViews(node, key, scope);
  }
}

/** Tells what a transition holds from what it held before. */
function identity(node: WidgetNode): unknown {
  const [child] = children(node);
  return child?.key ?? child?.id ?? child?.type;
}

export function childViews(node: WidgetNode, key: string, scope: Scope): unknown {
  return children(node).map((child, index) => scope.child(child, `${key}.${child.key ?? child.id ?? index}`, scope));
}

function container(node: WidgetNode, key: string, scope: Scope, direction: "row" | "column"): TemplateResult {
  return html`<div class="w-box ${flow(node, direction)}" ${styled(values.box(node, direction))}>${childViews(node, key, scope)}</div>`;
}

/** How a box lays its children out, and how it gives way itself as a part of a row. */
export function flow(node: WidgetNode, direction: "row" | "column"): string {
  return `w-${direction} ${givesWay(node)}`;
}

/** In a row, what has no width of its own is as narrow as its longest word before the row breaks. */
function givesWay(node: WidgetNode): string {
  if (values.isSized(node)) return "";
  return isCut(node) ? "cut" : "fluid";
}

function isCut(node: WidgetNode): boolean {
  return node.truncate === true || children(node).some(isCut);
}

function form(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const direction = node.direction === "row" ? "row" : "column";
  const submit = (event: CustomEvent<{ source: HTMLElement }>) => {
    event.stopPropagation();
    if (isAction(node.onSubmitAction)) scope.act(node.onSubmitAction, event.detail.source, key, "container");
  };
  return html`<div class="w-box w-form ${flow(node, direction)}" role="group" data-form aria-busy=${scope.entry.busy === key ? "true" : nothing} ${styled(values.box(node, direction))} @widget-submit=${submit}>
    ${childViews(node, key, { ...scope, form: key, labels: labelsIn(node, key, scope.labels), submits: node.onSubmitAction })}
  </div>`;
}

function text(node: WidgetNode, kind: string, fallback: string): TemplateResult {
  const clamp = node.truncate === true ? "truncate" : typeof node.maxLines === "number" ? "clamp" : "";
  // `size` is that of the letters here.
  const place = givesWay({ ...node, size: undefined });
  return html`<div class="${kind} size-${string(node.size) ?? fallback} ${clamp} ${place}" dir="auto" ${styled(values.text(node))}>${node.streaming === true ? growing(string(node.value) ?? "") : breakable(node.value)}</div>`;
}

function editable(node: WidgetNode, scope: Scope): TemplateResult | null {
  const options = node.editable as Record<string, unknown> | false | undefined;
  if (!options || typeof options !== "object") return null;
  return textarea(
    {
      ...options,
      type: "Textarea",
      defaultValue: node.value,
      rows: node.minLines ?? 1,
      autoResize: true,
    } as WidgetNode,
    scope,
  );
}

const POSITIONS = /^(top|center|bottom)?\s?(left|right)?$/;

function image(node: WidgetNode, scope: Scope): unknown {
  const src = safeImage(node.src, scope.ui.conversation.thread.imageDomains);
  const alt = string(node.alt) ?? "";
  if (!src) return missing(node, alt);
  const fit = ["cover", "contain", "fill", "scale-down", "none"].includes(String(node.fit))
    ? String(node.fit)
    : "cover";
  const position = POSITIONS.test(String(node.position ?? "")) ? string(node.position) : null;
  return html`<img
    class="w-image ${node.frame === true ? "framed" : ""} ${node.flush === true ? "flush" : ""}"
    src=${src}
    alt=${alt}
    loading="lazy"
    ${styled({ ...values.block(node), "object-fit": fit, "object-position": position, "background-color": values.groundColour(node.background), flex: values.share(node.flex) })}
  />`;
}

/** An image that may not be shown keeps its place, so that what stands beside it keeps its own. */
function missing(node: WidgetNode, alt: string): unknown {
  const { width, height, ...styles } = values.block(node);
  if (!width && !height) return alt ? text({ type: "Caption", value: alt }, "w-caption", "md") : nothing;
  return html`<span class="w-image missing" role="img" aria-label=${alt || nothing} aria-hidden=${alt ? nothing : "true"} title=${alt || nothing} ${styled({ width: width ?? height, height: height ?? width, ...styles })}>${namedIcon("images")}</span>`;
}
