/** The list of conversations: stands beside the chat where there is room, and lies over it elsewhere. */
import { type ReactiveControllerHost, render } from "lit";
import { adopt } from "../adopt";
import { address } from "../options";
import { retitle } from "../state/retitle";
import { listStyles } from "../styles/list";
import type { Ui } from "../views/ui";
import { Follow } from "./follow";
import { goTo } from "./found";
import { keydown, shortcut } from "./keys";
import { type Hit, Remote, type Row } from "./remote";
import { type Group, grouped, topOf } from "./rows";
import { Store } from "./store";
import { Tabs } from "./tabs";
import { Undos } from "./undo";
import { view } from "./view";
import { english, type ListWords } from "./words";

/** The element. */
export type ListHost = Ui & HTMLElement & ReactiveControllerHost;

/** From this width of the element on, in pixels: the sheets have the same. */
const WIDE = 860;
const PAUSE = 200; // milliseconds without a letter before a search begins

export class ConversationList {
  readonly element = document.createElement("aside");
  readonly store: Store;
  readonly tabs: Tabs;
  /** Whether it stands beside the chat. */
  wide = false;
  /** Those that are chosen, while several are. */
  chosen: Set<string> | null = null;
  renaming: string | null = null;
  /** The row whose menu is open. */
  menu: string | null = null;
  /** The row that Tab leads to. */
  active: string | null = null;
  /** What stood in the field of the row that is being renamed when that began. */
  titled = "";
  readonly undos = new Undos((ids) => {
    for (const id of ids) this.ui.conversation.forget(id);
    this.update();
  });
  /** What is in sight, in `em`. */
  top = 0;
  height = 40;
  /** Ends it, for a list of another server. */
  readonly leave: () => void;
  readonly #follow: Follow;
  #typing = 0;
  #wasOpen = false;
  #drawn = "";
  readonly #size = new ResizeObserver(() => this.#measure());

  constructor(
    readonly ui: ListHost,
    without: () => void,
  ) {
    const remote = new Remote(ui.client);
    this.store = new Store(remote, () => this.update(), without);
    this.tabs = new Tabs(address(ui.options), (news) => this.#follow.heard(news));
    this.#follow = new Follow(this, remote);
    this.element.className = "list";
    this.element.addEventListener("keydown", (event) => keydown(this, event));
    adopt(ui.renderRoot, listStyles);
    const connected = () => {
      this.#size.observe(ui);
      window.addEventListener("keydown", this.#shortcut);
      this.tabs.open();
      this.#follow.begin();
    };
    const hostDisconnected = () => {
      this.#size.disconnect();
      window.removeEventListener("keydown", this.#shortcut);
      this.tabs.close();
      this.#follow.end();
    };
    const controller = { hostConnected: connected, hostDisconnected, hostUpdated: () => this.#hostUpdated() };
    this.leave = () => {
      ui.removeController(controller);
      hostDisconnected();
      ui.removeAttribute("data-list-over");
    };
    ui.addController(controller);
    this.#measure();
  }

  get words(): ListWords {
    return this.ui.strings.list ?? english;
  }

  /** Whether anybody can see it. */
  get shown(): boolean {
    return this.wide || this.ui.history.open;
  }

  get searched(): boolean {
    return this.store.query.trim() !== "";
  }

  /** What the arrow keys go through. */
  get ids(): string[] {
    const { rows, hits } = this.store;
    return this.searched ? hits.map(({ thread }) => thread.id) : rows.map(({ id }) => id);
  }

  /** Those that are chosen and still there: another tab may have deleted or archived some. */
  get picked(): string[] {
    return [...(this.chosen ?? [])].filter((id) => this.store.has(id));
  }

  get groups(): Group<Row>[] {
    const { strings, locale } = this.ui;
    const { today, yesterday } = strings;
    return grouped(this.store.rows, { ...this.words, today, yesterday }, locale.locale);
  }

  /** The title of a row as it is now: that of the open conversation may come with its answer. */
  titleOf(row: Row): string {
    const { thread } = this.ui.conversation;
    return (thread.id === row.id ? (thread.title ?? row.title) : row.title) || this.ui.strings.untitled;
  }

  isAnswering(row: Row): boolean {
    const { conversation } = this.ui;
    return row.id === conversation.threadId ? conversation.busy : row.answering;
  }

  update(): void {
    render(view(this), this.element);
    const scroller = this.#scroller;
    const em = this.#em();
    const height = (scroller?.clientHeight ?? 0) / em;
    if (Math.abs(height - this.height) > 1 && height > 0) {
      this.height = height; // it was hidden, or something came beside it
      render(view(this), this.element);
    }
    for (const spacer of scroller?.querySelectorAll<HTMLElement>("[data-space]") ?? []) {
      spacer.style.setProperty("height", `${Number(spacer.dataset.space) * em}px`);
    }
  }

  scrolled(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const em = this.#em();
    const { store } = this;
    this.top = scroller.scrollTop / em;
    this.height = scroller.clientHeight / em;
    const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    if (left < 600) void (this.searched ? store.moreHits() : store.more());
    this.update();
  }

  // What a person does ---------------------------------------------------------------------------------------

  open(row: Row, hit?: Hit): void {
    this.active = row.id;
    if (this.chosen) {
      this.choose(row.id);
      return;
    }
    const { ui } = this;
    const over = !this.wide;
    if (hit?.item_id) void goTo(ui, row.id, hit);
    else ui.openThread(row.id);
    if (over) ui.history.hide();
    this.update();
  }

  choose(id: string): void {
    this.chosen ??= new Set();
    if (!this.chosen.delete(id)) this.chosen.add(id);
    this.update();
  }

  chooseNone(): void {
    this.chosen = null;
    this.update();
    this.focusRow();
  }

  typed(query: string): void {
    clearTimeout(this.#typing);
    this.store.query = query;
    // What a search has found has no ticks, and what is chosen would be out of sight.
    if (this.searched) this.chosen = null;
    if (query.trim()) this.#typing = window.setTimeout(() => void this.find(query), PAUSE);
    else void this.find("");
    this.update();
  }

  async find(query: string): Promise<void> {
    clearTimeout(this.#typing);
    this.active = this.renaming = null;
    this.#toTop();
    await this.store.search(query);
    const { hits, error } = this.store;
    if (query.trim() && query === this.store.query && !this.store.searching && !error) {
      this.ui.announce(hits.length ? this.words.results(hits.length) : this.words.nothing);
    }
  }

  async show(archived: boolean): Promise<void> {
    this.chosen = null;
    this.active = null;
    this.#toTop();
    await this.store.show(archived);
    this.focusRow();
  }

  async delete(ids: readonly string[]): Promise<void> {
    const { ui, store } = this;
    const open = ids.find((id) => id === ui.conversation.threadId) ?? null;
    this.#next(ids);
    const doing = store.act("delete", ids);
    this.focusRow();
    const done = await doing;
    if (!done) return;
    this.tabs.tell({ kind: "gone", ids: done.ids });
    ui.history.told(done.ids, true, store.recent);
    if (open !== null && !done.left.includes(open) && ui.conversation.threadId === open)
      await ui.conversation.open(null);
    this.undos.add({ taken: done.taken, open }, (done.undo_seconds ?? 0) * 1000);
    this.ui.announce(`${this.words.deleted(done.ids.length)}. ${this.words.undo}`);
    this.update();
  }

  async undo(): Promise<void> {
    const { back, open } = await this.undos.take((taken) => this.store.restore(taken));
    this.update();
    if (!back.length) return;
    this.ui.history.told(back, false, this.store.recent);
    this.tabs.tell({ kind: "changed", back });
    this.ui.announce(this.words.restored);
    this.active = back[0] ?? null;
    if (open !== null && back.includes(open) && this.ui.conversation.threadId === null) this.ui.openThread(open);
    this.update();
    this.focusRow();
  }

  async place(action: "pin" | "unpin" | "archive" | "unarchive", ids: readonly string[]): Promise<void> {
    const moved = action === "archive" || action === "unarchive";
    if (moved) this.#next(ids);
    const doing = this.store.act(action, ids);
    this.focusRow();
    const done = await doing;
    if (!done) return;
    this.tabs.tell(moved ? { kind: "gone", ids: done.ids } : { kind: "changed" });
    if (action === "unarchive") this.tabs.tell({ kind: "changed", back: done.ids });
    if (moved) this.ui.history.told(done.ids, action === "archive", this.store.recent);
    if (action === "archive") this.ui.announce(this.words.archivedNow(done.ids.length));
  }

  async rename(id: string, title: string): Promise<void> {
    if (this.renaming !== id) return;
    this.renaming = null;
    if (title.trim() === this.titled) {
      this.update();
      return;
    }
    const renamed = retitle(this.ui, id, title, this.store.rename(id, title));
    this.update();
    if (!(await renamed)) return;
    this.ui.announce(this.words.renamed);
    this.tabs.tell({ kind: "changed", titled: { id, title: title.trim() } });
  }

  edit(id: string | null): void {
    const before = this.renaming;
    const row = id === null ? undefined : this.store.row(id);
    this.renaming = row ? id : null;
    // Once for all: a title that comes meanwhile is not to take the place of what is being written.
    this.titled = row ? this.titleOf(row) : "";
    this.update();
    if (id === null) {
      this.focusRow(before);
      return;
    }
    const field = this.element.querySelector<HTMLInputElement>("[data-editing]");
    field?.focus();
    // From its end to its beginning: that is what stays in sight of a long one.
    field?.setSelectionRange(0, field.value.length, "backward");
  }

  openMenu(id: string): void {
    this.menu = id;
    this.active = id;
    this.update();
    void this.ui.panels.fetch().then(() => {
      this.update();
      this.#placeMenu(id);
      this.element.querySelector<HTMLElement>(".list-menu [role^=menuitem]")?.focus();
    });
  }

  closeMenu(back = true): void {
    const { menu } = this;
    if (menu === null) return;
    this.menu = null;
    this.update();
    if (back) this.focusRow(menu);
  }

  // The focus ------------------------------------------------------------------------------------------------

  /** Puts the focus on a row, which is brought into sight for that. */
  focusRow(id: string | null = this.active): void {
    const { ids } = this;
    const target = id !== null && ids.includes(id) ? id : ids[0];
    if (target === undefined) {
      this.element.querySelector<HTMLElement>("[data-search]")?.focus();
      return;
    }
    this.active = target;
    const top = this.searched ? null : topOf(this.groups, target);
    const scroller = this.#scroller;
    if (scroller && top !== null) {
      const em = this.#em();
      if (top * em < scroller.scrollTop + 40) scroller.scrollTop = Math.max(0, top * em - 40);
      else if ((top + 4) * em > scroller.scrollTop + scroller.clientHeight)
        scroller.scrollTop = (top + 4) * em - scroller.clientHeight;
      this.top = scroller.scrollTop / em;
    }
    this.update();
    const row = this.element.querySelector<HTMLElement>(`[data-thread="${CSS.escape(target)}"] .open`);
    row?.focus({ preventScroll: top !== null });
  }

  /** The search field has the focus; where the list lies over the chat, it is opened. */
  focusSearch(): void {
    if (!this.shown) void this.ui.history.show();
    this.update();
    const field = this.element.querySelector<HTMLInputElement>("[data-search]");
    field?.focus();
    field?.select();
  }

  close(): void {
    if (this.ui.history.open) this.ui.toggleHistory();
  }

  get #scroller(): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(".rows");
  }

  #em(): number {
    return Number.parseFloat(getComputedStyle(this.element).fontSize) || 15;
  }

  #toTop(): void {
    this.top = 0;
    const scroller = this.#scroller;
    if (scroller) scroller.scrollTop = 0;
  }

  /** Of rows that go, the focus goes to the one behind them. */
  #next(ids: readonly string[]): void {
    const all = this.ids;
    const at = all.findIndex((id) => ids.includes(id));
    this.active = all.slice(at).find((id) => !ids.includes(id)) ?? all.slice(0, at).at(-1) ?? null;
    this.chosen = null;
  }

  #placeMenu(id: string): void {
    const menu = this.element.querySelector<HTMLElement>(".list-menu .menu");
    const row = this.element.querySelector<HTMLElement>(`[data-thread="${CSS.escape(id)}"]`);
    if (!menu || !row) return;
    const box = this.element.getBoundingClientRect();
    const from = row.getBoundingClientRect();
    const below = from.bottom - box.top - 8;
    const fits = below + menu.offsetHeight <= box.height;
    const top = fits ? below : Math.max(8, from.top - box.top + 8 - menu.offsetHeight);
    menu.style.setProperty("inset-block-start", `${top}px`);
  }

  #measure(): void {
    const { ui } = this;
    const wide = ui.clientWidth >= WIDE;
    if (wide !== this.wide) {
      this.wide = wide;
      if (wide) ui.history.hide();
      ui.changed();
    }
    this.#read();
    this.update();
  }

  #read(): void {
    const { store } = this;
    if (this.shown && !store.loaded && !store.loading && !store.error) void store.show();
  }

  #hostUpdated(): void {
    const { ui } = this;
    const { conversation, history, strings } = ui;
    const { thread } = conversation;
    const { open } = history;
    if (open && !this.#wasOpen) {
      if (this.wide) history.hide();
      else if (this.store.loaded) void this.store.refresh();
    }
    if (!open && this.#wasOpen) this.chosen = this.renaming = this.menu = null;
    this.#wasOpen = history.open;
    ui.toggleAttribute("data-list-over", history.open && !this.wide);
    this.#read();
    const now = [thread.id, thread.title, conversation.busy, open, strings.chats, ui.menu, Boolean(ui.panels.part)];
    const drawn = now.join("\n");
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#follow.went();
      this.update();
    }
    if (open && !this.wide && !this.element.contains((ui.renderRoot as ShadowRoot).activeElement)) this.focusSearch();
  }

  readonly #shortcut = (event: KeyboardEvent) => {
    if (shortcut(event) && this.ui.isConnected && this.ui.clientWidth) {
      event.preventDefault();
      this.focusSearch();
    }
  };
}
