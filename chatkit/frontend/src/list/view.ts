/** How the list is drawn. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../icons";
import type { MenuEntry } from "../views/menu";
import { sentence } from "../views/sentence";
import { named } from "../views/title";
import { glyph } from "./glyphs";
import type { ConversationList } from "./list";
import type { Hit, Piece, Row } from "./remote";
import { type Drawn, visible } from "./rows";

/** What is drawn beyond what is in sight, in `em`. */
const MORE = 20;

export function view(list: ConversationList): TemplateResult {
  const { ui, words, wide, store } = list;
  const over = !wide && ui.history.open;
  return html`<div
      class="list-box ${over ? "over" : ""}"
      role=${over ? "dialog" : "navigation"}
      aria-modal=${over ? "true" : nothing}
      aria-label=${words.conversations}
    >
      ${over ? top(list) : html`<h2 class="hidden">${words.conversations}</h2>`}
      <div class="list-head">
        ${store.archived ? archivedHead(list) : newChat(list)} ${search(list)}
      </div>
      <div class="rows" @scroll=${() => list.scrolled()} aria-busy=${store.loading || store.searching ? "true" : "false"}>
        ${list.searched ? results(list) : conversations(list)} ${failure(list)}
      </div>
      ${said(list)} ${list.chosen ? chosenBar(list) : foot(list)} ${menu(list)}
    </div>
    ${over ? html`<button type="button" class="scrim" tabindex="-1" aria-label=${words.close} @click=${() => list.close()}></button>` : nothing}`;
}

function top(list: ConversationList): TemplateResult {
  const { words } = list;
  return html`<div class="list-top">
    <h2>${words.conversations}</h2>
    <button type="button" class="icon-button" data-close aria-label=${words.close} title=${words.close} @click=${() => list.close()}>${icon("close")}</button>
  </div>`;
}

function newChat({ ui }: ConversationList): TemplateResult {
  return html`<button type="button" class="button new" data-new-chat @click=${() => ui.newChat()}>${icon("compose")}<span>${ui.strings.newChat}</span></button>`;
}

function archivedHead(list: ConversationList): TemplateResult {
  return html`<div class="list-archived">
    <button type="button" class="icon-button" data-all aria-label=${list.words.back} title=${list.words.back} @click=${() => void list.show(false)}>${icon("back-small")}</button>
    <h3>${list.words.archived}</h3>
  </div>`;
}

function search(list: ConversationList): TemplateResult {
  const { words, store } = list;
  return html`<div class="search" role="search">
    ${icon("search")}
    <input
      class="field"
      type="search"
      part="history-search"
      data-search
      maxlength="200"
      aria-label=${words.search}
      aria-keyshortcuts="Control+K Meta+K"
      placeholder=${words.search}
      autocomplete="off"
      .value=${store.query}
      @input=${(event: InputEvent) => list.typed((event.target as HTMLInputElement).value)}
    />
    <kbd aria-hidden="true">${/Mac|iP/.test(navigator.platform) ? "⌘K" : "Ctrl K"}</kbd>
  </div>`;
}

function conversations(list: ConversationList): unknown {
  const { store, words } = list;
  if (!store.rows.length) {
    if (store.loading || !store.loaded) return store.error ? nothing : skeleton(list);
    return store.error ? nothing : empty(store.archived ? words.noneArchived : words.none, "history");
  }
  const { groups, above, below } = visible(list.groups, list.top - MORE, list.top + list.height + MORE);
  return html`<div data-space=${above}></div>
    ${groups.map((group) => section(list, group))}
    <div data-space=${below}></div>
    ${store.loading ? skeleton(list) : nothing}`;
}

function section(list: ConversationList, { label, name, rows }: Drawn<Row>): TemplateResult {
  return html`${label === null ? nothing : html`<h3 class="group">${label}</h3>`}
    <ul role="list" aria-label=${name}>
      ${repeat(
        rows,
        ({ row }) => row.id,
        ({ row, index }) => item(list, row, index),
      )}
    </ul>`;
}

function item(list: ConversationList, row: Row, index: number): TemplateResult {
  const { ui, words, chosen } = list;
  if (list.renaming === row.id) return renameForm(list, row);
  const title = list.titleOf(row);
  const current = ui.conversation.threadId === row.id;
  const active = list.active === null ? index === 0 : list.active === row.id;
  const picked = chosen?.has(row.id) ?? false;
  return html`<li ?data-current=${current} ?data-picked=${picked} ?data-menu=${list.menu === row.id} data-thread=${row.id} part="history-item" @contextmenu=${(event: Event) => context(list, row, event)}>
    <button
      type="button"
      class="open"
      tabindex=${active ? 0 : -1}
      role=${chosen ? "checkbox" : nothing}
      aria-checked=${chosen ? (picked ? "true" : "false") : nothing}
      aria-current=${current && !chosen ? "true" : nothing}
      aria-keyshortcuts="F2 Delete"
      @click=${() => list.open(row)}
      @focus=${() => {
        list.active = row.id;
      }}
    >
      ${chosen ? html`<span class="tick" aria-hidden="true">${picked ? icon("check") : nothing}</span>` : nothing}
      ${named(title)}
      <span class="when">${list.isAnswering(row) ? dot(list) : when(list, row)}</span>
      <span class="line" dir="auto">${row.line || (list.isAnswering(row) ? words.answering : nothing)}</span>
    </button>
    ${
      chosen
        ? nothing
        : html`<button type="button" class="icon-button more" tabindex=${active ? 0 : -1} aria-haspopup="menu" aria-expanded=${list.menu === row.id ? "true" : "false"} aria-label=${words.actions(title)} @click=${() => list.openMenu(row.id)}>${glyph("more")}</button>`
    }
  </li>`;
}

function context(list: ConversationList, row: Row, event: Event): void {
  if (list.chosen) return;
  event.preventDefault();
  list.openMenu(row.id);
}

function dot({ words }: ConversationList): TemplateResult {
  return html`<span class="dot" role="img" aria-label=${words.answering} title=${words.answering}></span>`;
}

function when({ ui }: ConversationList, row: Row): unknown {
  const date = new Date(row.updated_at);
  if (Number.isNaN(date.getTime())) return nothing;
  const today = date.getTime() >= new Date().setHours(0, 0, 0, 0);
  const format: Intl.DateTimeFormatOptions = today ? { timeStyle: "short" } : { day: "numeric", month: "short" };
  return html`<time datetime=${date.toISOString()}>${new Intl.DateTimeFormat(ui.locale.locale, format).format(date)}</time>`;
}

function renameForm(list: ConversationList, row: Row): TemplateResult {
  const { strings } = list.ui;
  const value = (event: Event) =>
    (event.currentTarget as HTMLElement).closest("li")?.querySelector("input")?.value ?? "";
  const save = (event: Event) => {
    event.preventDefault();
    void list.rename(row.id, value(event));
    list.focusRow(row.id);
  };
  return html`<li data-thread=${row.id} class="renaming">
    <form @submit=${save}>
      <input class="field" maxlength="200" data-editing aria-label=${strings.newTitle} .value=${list.titled} @blur=${(event: Event) => void list.rename(row.id, value(event))} />
    </form>
  </li>`;
}

function results(list: ConversationList): unknown {
  const { store, words } = list;
  if (!store.hits.length) {
    if (store.searching) return skeleton(list);
    return store.error ? nothing : empty(words.nothing, "search");
  }
  return html`<ul role="list" class="hits" aria-label=${words.results(store.hits.length)}>
      ${repeat(
        store.hits,
        ({ thread }) => thread.id,
        (hit, index) => result(list, hit, index),
      )}
    </ul>
    ${store.searching ? skeleton(list) : nothing}`;
}

function result(list: ConversationList, hit: Hit, index: number): TemplateResult {
  const { thread } = hit;
  if (list.renaming === thread.id) return renameForm(list, thread);
  const active = list.active === null ? index === 0 : list.active === thread.id;
  return html`<li data-thread=${thread.id} ?data-current=${list.ui.conversation.threadId === thread.id} part="history-item">
    <button type="button" class="open" tabindex=${active ? 0 : -1} aria-keyshortcuts="F2 Delete" @click=${() => list.open(thread, hit)} @focus=${() => {
      list.active = thread.id;
    }}>
      <span class="name" dir="auto">${hit.title.length ? pieces(hit.title) : list.ui.strings.untitled}</span>
      <span class="when">${list.isAnswering(thread) ? dot(list) : when(list, thread)}</span>
      <span class="passage" dir="auto">${hit.passage.length ? pieces(hit.passage) : thread.line || nothing}</span>
    </button>
  </li>`;
}

function pieces(parts: readonly Piece[]): unknown {
  return parts.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : text));
}

function skeleton({ ui }: ConversationList): TemplateResult {
  return html`<div class="waiting" role="status" aria-label=${ui.strings.loading}>
    ${[0, 1, 2, 3, 4, 5].map(() => html`<span class="skeleton wide"></span><span class="skeleton short"></span>`)}
  </div>`;
}

function empty(text: string, sign: "history" | "search"): TemplateResult {
  return html`<div class="nothing" role="status">${icon(sign)}<p>${text}</p></div>`;
}

function failure(list: ConversationList): unknown {
  const { store, ui } = list;
  if (!store.error) return nothing;
  const again = () => void (list.searched ? list.find(store.query) : store.show());
  return html`<div class="notice danger" role="alert">
    ${icon("danger")}
    <div class="what">
      ${sentence(store.error, ui.strings)}
      <div class="do"><button type="button" class="button" @click=${again}>${ui.strings.tryAgain}</button></div>
    </div>
  </div>`;
}

function said(list: ConversationList): unknown {
  const { last } = list.undos;
  if (!last) return nothing;
  return html`<div class="said" part="notice">
    <span>${list.words.deleted(last.taken.ids.length)}</span>
    <button type="button" class="button" data-undo @click=${() => void list.undo()}>${list.words.undo}</button>
  </div>`;
}

function chosenBar(list: ConversationList): TemplateResult {
  const { words, ui, store } = list;
  const ids = list.picked;
  const none = ids.length === 0;
  const move = store.archived ? "unarchive" : "archive";
  const button = (label: string, data: string, content: unknown, act: () => void) =>
    html`<button type="button" class="icon-button" data-do=${data} aria-label=${label} title=${label} aria-disabled=${none ? "true" : "false"} @click=${() => none || act()}>${content}</button>`;
  return html`<div class="list-foot" role="toolbar" aria-label=${words.selected(ids.length)}>
    <span class="count" role="status">${words.selected(ids.length)}</span>
    ${button(words[move], move, glyph(move), () => void list.place(move, ids))}
    ${ui.options.history?.showDelete === false ? nothing : button(ui.strings.delete, "delete", icon("trash"), () => void list.delete(ids))}
    <button type="button" class="icon-button" data-do="cancel" aria-label=${ui.strings.cancel} title=${ui.strings.cancel} @click=${() => list.chooseNone()}>${icon("close")}</button>
  </div>`;
}

function foot(list: ConversationList): unknown {
  const { words, store } = list;
  if (list.searched || !store.loaded || (store.archived && !store.rows.length)) return nothing;
  return html`<div class="list-foot">
    ${
      store.archived
        ? nothing
        : html`<button type="button" class="foot-button" data-archived @click=${() => void list.show(true)}>${glyph("archive")}<span>${words.archived}</span></button>`
    }
    ${
      store.rows.length
        ? html`<button type="button" class="foot-button" data-select @click=${() => {
            list.chosen = new Set();
            list.update();
            list.focusRow();
          }}>${icon("square-check")}<span>${words.select}</span></button>`
        : nothing
    }
  </div>`;
}

function menu(list: ConversationList): unknown {
  const { ui, words, store } = list;
  const row = list.menu === null ? undefined : store.row(list.menu);
  if (!row) return nothing;
  const { showRename = true, showDelete = true } = ui.options.history ?? {};
  const title = list.titleOf(row);
  const entry = (label: string, drawn: unknown, act: () => void): MenuEntry => ({
    label,
    icon: drawn,
    choose: () => {
      list.closeMenu();
      act();
    },
  });
  const entries: MenuEntry[] = [];
  if (showRename) entries.push(entry(ui.strings.rename, icon("pencil"), () => list.edit(row.id)));
  if (row.place !== "archive") {
    const pin = row.place === "pinned" ? "unpin" : "pin";
    entries.push(entry(words[pin], glyph(pin), () => void list.place(pin, [row.id])));
  }
  const move = row.place === "archive" ? "unarchive" : "archive";
  entries.push(entry(words[move], glyph(move), () => void list.place(move, [row.id])));
  // What a search has found is drawn without a place for a tick.
  if (!list.searched) entries.push(entry(words.select, icon("square-check"), () => list.choose(row.id)));
  if (showDelete) entries.push(entry(ui.strings.delete, icon("trash"), () => void list.delete([row.id])));
  const left = (event: FocusEvent) => {
    const inside = (event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null);
    if (!inside) list.closeMenu(false);
  };
  // Before the menu's own keys: what it was opened by is not there to go back to.
  const keys = {
    capture: true,
    handleEvent: (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      list.closeMenu();
    },
  };
  return html`<div class="list-menu" @keydown=${keys} @focusout=${left}>${ui.panels.draw((part) => part.menuView(ui, words.actions(title), entries))}</div>`;
}
