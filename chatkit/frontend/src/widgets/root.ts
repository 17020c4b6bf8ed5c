/** The three roots of a widget, and the way its actions go. */
import { html, nothing, type TemplateResult } from "lit";
import { icon, namedIcon } from "../icons";
import type { Entry } from "../state/entry";
import type { Ui } from "../views/ui";
import type { WidgetItem, WidgetNode } from "../wire/protocol";
import { CONFIRM } from "./dispatch";
import { childViews, nodeView } from "./node";
import { children, isAction, type Scope, string } from "./scope";
import { styled } from "./styled";
import * as values from "./values";

/** List views that were opened whole; the choice lives as long as the item. */
const expanded = new WeakSet<Entry>();

export function widgetView(ui: Ui, entry: Entry, item: WidgetItem): unknown {
  const root = item.widget;
  if (!root || typeof root.type !== "string") return nothing;
  const scope: Scope = {
    ui,
    entry,
    inert: entry.busy !== null,
    act: (action, source, control, automatic) => {
      if (!isAction(action)) return;
      const loading = action.loadingBehavior && action.loadingBehavior !== "auto" ? action.loadingBehavior : automatic;
      ui.widgetAction(entry, action, source.closest<HTMLElement>("[data-form]"), control, loading);
    },
    child: (node, key) => nodeView(node, key, scope),
  };
  const busy = entry.busy === "";
  const scheme = root.theme === "light" || root.theme === "dark" ? root.theme : nothing;
  return html`<div class="widget" part="widget" data-theme=${scheme} aria-busy=${busy}>${rootView(root, scope)}</div>`;
}

function rootView(root: WidgetNode, scope: Scope): unknown {
  switch (root.type) {
    case "Card":
      return card(root, scope);
    case "ListView":
      return listView(root, scope);
    default:
      return html`<div class="w-basic" ${styled(values.box({ align: "stretch", ...root }, root.direction === "row" ? "row" : "column"))}>${childViews(root, "r", scope)}</div>`;
  }
}

function card(root: WidgetNode, scope: Scope): TemplateResult {
  const asForm = root.asForm === true;
  const submit = (event: CustomEvent<{ source: HTMLElement }>) => {
    event.stopPropagation();
    const confirm = root.confirm as { action?: unknown } | undefined;
    scope.act(confirm?.action, event.detail.source, CONFIRM, "container");
  };
  // Only once there is nothing more to decide about what it holds.
  const folded = root.collapsed === true && (scope.entry.confirmed || !root.confirm);
  const styles = values.box({ background: root.background, border: root.border, padding: root.padding }, "column");
  return html`<div class="card size-${string(root.size) ?? "md"}" part="card" role="group" ?data-form=${asForm} ${styled({ ...styles, "align-items": "stretch" })} @widget-submit=${submit}>
    ${status(root, scope)} ${folded ? nothing : childViews(root, "r", scope)}
    ${
      root.confirm || root.cancel
        ? html`<div class="card-actions">${cardAction(root.cancel, false, scope)}${cardAction(root.confirm, true, scope)}</div>`
        : nothing
    }
  </div>`;
}

function cardAction(given: unknown, primary: boolean, scope: Scope): unknown {
  const { label, action } = (given ?? {}) as { label?: string; action?: unknown };
  if (!isAction(action)) return nothing;
  const press = (event: Event) =>
    !scope.inert && scope.act(action, event.currentTarget as HTMLElement, primary ? CONFIRM : "cancel", "container");
  return html`<button type="button" class="button ${primary ? "primary" : ""}" part=${primary ? "confirm-button" : "cancel-button"} @click=${press}>
    <span dir="auto">${label ?? (primary ? scope.ui.strings.submit : scope.ui.strings.cancel)}</span>
  </button>`;
}

function listView(root: WidgetNode, scope: Scope): TemplateResult {
  const all = children(root).filter(({ type }) => type === "ListViewItem");
  const limit = root.limit === "auto" ? 10 : typeof root.limit === "number" ? root.limit : all.length;
  const shown = expanded.has(scope.entry) ? all : all.slice(0, Math.max(1, limit));
  const open = () => {
    expanded.add(scope.entry);
    scope.entry.touch();
    scope.ui.changed();
  };
  return html`<div class="card list-view" part="card">
    ${status(root, scope)}
    <ul role="list">
      ${shown.map((item, index) => html`<li>${listItem(item, `r.${item.key ?? item.id ?? index}`, scope)}</li>`)}
    </ul>
    ${shown.length < all.length ? html`<button type="button" class="w-button ghost block" @click=${open}>${scope.ui.strings.showMore(all.length - shown.length)}</button>` : nothing}
  </div>`;
}

function listItem(node: WidgetNode, key: string, scope: Scope): TemplateResult {
  const action = node.onClickAction;
  const styles = values.box({ gap: node.gap ?? 3, align: node.align ?? "center" }, "row");
  const content = childViews(node, key, scope);
  if (!isAction(action)) return html`<div class="list-item" ${styled(styles)}>${content}</div>`;
  const press = (event: Event) => !scope.inert && scope.act(action, event.currentTarget as HTMLElement, key, "self");
  return html`<button type="button" class="list-item" part="list-item" aria-busy=${scope.entry.busy === key ? "true" : nothing} ${styled(styles)} @click=${press}>${content}</button>`;
}

function status(root: WidgetNode, scope: Scope): unknown {
  const given = root.status as { text?: string; icon?: string; favicon?: string } | undefined;
  if (!given?.text) return nothing;
  return html`<p class="w-status">${scope.entry.busy === "" ? html`<span class="spin">${icon("loader")}</span>` : namedIcon(given.icon)}<span dir="auto">${given.text}</span></p>`;
}
