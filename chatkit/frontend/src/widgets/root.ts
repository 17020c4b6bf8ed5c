/** The three roots of a widget, and the way its actions go. */
import { html, nothing, type TemplateResult } from "lit";
import { icon, namedIcon } from "../icons";
import { safeImage } from "../links";
import type { Entry } from "../state/entry";
import type { Ui } from "../views/ui";
import type { WidgetItem, WidgetNode } from "../wire/protocol";
import { CANCEL, CONFIRM, dispatchAction } from "./dispatch";
import { expired } from "./expiry";
import { labelsIn } from "./labels";
import { childViews, flow, nodeView } from "./node";
import { hold, isConfirmed, isOpen, open } from "./remembered";
import { children, isAction, isServers, Parts, type Scope, string } from "./scope";
import { adoptStyles } from "./sheet";
import { styled } from "./styled";
import { themed } from "./themed";
import * as values from "./values";

const ROOT = "r";

export function widgetView(ui: Ui, entry: Entry, item: WidgetItem): unknown {
  const root = item.widget;
  if (!root || typeof root.type !== "string") return nothing;
  const scope: Scope = {
    parts: new Parts(),
    ui,
    entry,
    labels: labelsIn(root),
    off: (...actions) => entry.busy !== null || (!ui.conversation.thread.open && actions.every(isServers)),
    act: (action, source, control, automatic) => {
      if (!isAction(action)) return;
      const loading = action.loadingBehavior && action.loadingBehavior !== "auto" ? action.loadingBehavior : automatic;
      void dispatchAction(ui, entry, action, source.closest<HTMLElement>("[data-form]"), control, loading);
    },
    child: (node, key, inside) => inside.parts.inside(() => rootView(node, key, inside)),
  };
  const busy = entry.busy === "";
  const heard = (event: Event) => hold(ui, entry, event);
  adoptStyles(ui.renderRoot);
  return html`<div class="widget" part="widget" aria-busy=${busy} @input=${heard} @change=${heard}>${rootView(root, ROOT, scope)}</div>`;
}

/** A root, or a part of one: what may be a root does the same inside another. */
function rootView(node: WidgetNode, key: string, scope: Scope): unknown {
  switch (node.type) {
    case "Card":
      return card(node, key, scope);
    case "ListView":
      return listView(node, key, scope);
    case "ListViewItem":
      return listItem(node, key, scope);
    default:
      return nodeView(key === ROOT && node.type !== "Basic" ? { type: "Basic", children: [node] } : node, key, scope);
  }
}

function card(root: WidgetNode, key: string, scope: Scope): TemplateResult {
  const asForm = root.asForm === true;
  const { action } = (root.confirm ?? {}) as { action?: unknown };
  const inside = asForm ? { ...scope, form: key, labels: labelsIn(root, key, scope.labels), submits: action } : scope;
  const submit = (event: CustomEvent<{ source: HTMLElement }>) => {
    event.stopPropagation();
    scope.act(action, event.detail.source, CONFIRM, "container");
  };
  // Only once there is nothing more to decide about what it holds.
  const folded = root.collapsed === true && (isConfirmed(scope.ui, scope.entry) || !root.confirm);
  const styles = values.box({ background: root.background, border: root.border, padding: root.padding }, "column");
  return html`<div class="card size-${string(root.size) ?? "md"}" part="card" role="group" ?data-form=${asForm} data-theme=${scheme(root)} ${themed(root.theme, scope.ui)} ${styled({ ...styles, "align-items": "stretch" })} @widget-submit=${submit}>
    ${status(root, scope)} ${folded ? nothing : childViews(root, key, inside)}
    ${expired(root, scope) ? html`<p class="w-caption size-md" part="expired">${scope.ui.strings.questionExpired}</p>` : asks(root, scope)}
  </div>`;
}

function asks(root: WidgetNode, scope: Scope): unknown {
  if (!root.confirm && !root.cancel) return nothing;
  return html`<div class="card-actions">${cardAction(root.cancel, false, scope)}${cardAction(root.confirm, true, scope)}</div>`;
}

function cardAction(given: unknown, primary: boolean, scope: Scope): unknown {
  const { label, action } = (given ?? {}) as { label?: string; action?: unknown };
  if (!isAction(action)) return nothing;
  const off = scope.off(action);
  const press = (event: Event) =>
    !off && scope.act(action, event.currentTarget as HTMLElement, primary ? CONFIRM : CANCEL, "container");
  const busy = scope.entry.busy === (primary ? CONFIRM : CANCEL);
  return html`<button type="button" class="button ${primary ? "primary" : ""}" part=${primary ? "confirm-button" : "cancel-button"} aria-disabled=${off ? "true" : nothing} aria-busy=${busy ? "true" : nothing} @click=${press}>
    ${busy ? html`<span class="spin">${icon("loader")}</span>` : nothing}<span dir="auto">${label ?? (primary ? scope.ui.strings.submit : scope.ui.strings.cancel)}</span>
  </button>`;
}

function listView(root: WidgetNode, key: string, scope: Scope): TemplateResult {
  const all = children(root).filter(({ type }) => type === "ListViewItem");
  const limit = root.limit === "auto" ? 10 : typeof root.limit === "number" ? root.limit : all.length;
  const shown = isOpen(scope.ui, scope.entry, key) ? all : all.slice(0, Math.max(1, limit));
  const expand = () => {
    open(scope.ui, scope.entry, key);
    scope.entry.touch();
    scope.ui.changed();
  };
  return html`<div class="list-view ${key === ROOT ? "card" : ""}" part="card" data-theme=${scheme(root)} ${themed(root.theme, scope.ui)}>
    ${status(root, scope)}
    <ul role="list">
      ${shown.map((item, index) => html`<li>${listItem(item, `${key}.${item.key ?? item.id ?? index}`, scope)}</li>`)}
    </ul>
    ${shown.length < all.length ? html`<button type="button" class="w-button ghost block" @click=${expand}>${scope.ui.strings.showMore(all.length - shown.length)}</button>` : nothing}
  </div>`;
}

function listItem(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const action = node.onClickAction;
  const classes = `list-item ${flow(node, "row")}`;
  const styles = values.box({ gap: node.gap ?? 3, align: node.align ?? "center" }, "row");
  const content = childViews(node, key, scope);
  if (!isAction(action)) return html`<div class=${classes} ${styled(styles)}>${content}</div>`;
  const off = scope.off(action);
  const disabled = off ? "true" : nothing;
  const press = (event: Event) => !off && scope.act(action, event.currentTarget as HTMLElement, key, "self");
  const busy = scope.entry.busy === key ? "true" : nothing;
  if (children(node).every(isStill))
    return html`<button type="button" class=${classes} part="list-item" aria-disabled=${disabled} aria-busy=${busy} ${styled(styles)} @click=${press}>${content}</button>`;
  // A button holds no other controls: it lies under what the row holds, and each of them has its own action alone.
  return html`<div class="${classes} over" ${styled(styles)}>
    <button type="button" class="cover" part="list-item" aria-label=${children(node).map(words).join(" ").trim() || nothing} aria-disabled=${disabled} aria-busy=${busy} @click=${press}></button>
    ${content}
  </div>`;
}

const STILL = new Set(["Text", "Title", "Caption", "Badge", "Icon", "Image", "Spacer", "Divider", "Box", "Row", "Col"]);

/** True for what nobody can use: neither it nor what it holds. */
function isStill(node: WidgetNode): boolean {
  return STILL.has(node.type) && !node.editable && children(node).every(isStill);
}

/** What a node says, without its controls. */
function words(node: WidgetNode): string {
  if (!STILL.has(node.type)) return "";
  return [node.value, node.label, node.alt].map(string).concat(children(node).map(words)).filter(Boolean).join(" ");
}

function scheme(root: WidgetNode): unknown {
  return root.theme === "light" || root.theme === "dark" ? root.theme : nothing;
}

function status(root: WidgetNode, scope: Scope): unknown {
  const given = root.status as { text?: string; icon?: string; favicon?: string; frame?: boolean } | undefined;
  if (!given?.text) return nothing;
  return html`<p class="w-status">${scope.entry.busy === "" ? html`<span class="spin">${icon("loader")}</span>` : statusIcon(given, scope)}<span dir="auto">${given.text}</span></p>`;
}

function statusIcon(
  { icon, favicon, frame }: { icon?: string; favicon?: string; frame?: boolean },
  scope: Scope,
): unknown {
  const src = safeImage(favicon, scope.ui.conversation.thread.imageDomains);
  return src ? html`<img class=${frame === true ? "framed" : ""} src=${src} alt="" />` : namedIcon(icon);
}
