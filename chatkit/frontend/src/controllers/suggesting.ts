/** Fetches the menus of "/" and "@", and what keeps tags and fields in the text, once they are wanted. */
import type { Entity } from "@openai/chatkit";
import { render } from "lit";
import { iconElement } from "../icons";
import { lazy } from "../lazy-import";
import { ownOptions, type Template } from "../options";
import { Entry } from "../state/entry";
import type { Suggest } from "../suggest/suggest";
import type { Ui } from "../views/ui";
import type { WidgetItem, WidgetNode } from "../wire/protocol";

export class Suggesting {
  part: Suggest | null = null;

  /** `say` shows a sentence above the composer for a while. */
  constructor(
    private readonly ui: Ui,
    private readonly say: (text: string) => void,
  ) {}

  /** Whether a sign opens a menu on this page. */
  get offers(): boolean {
    return this.#slash || this.#at;
  }

  /** Whether there is a button for "@". */
  get button(): boolean {
    return this.#at && this.ui.options.entities?.showComposerMenu === true;
  }

  /** Calls back with the part. Where it can't be fetched, that is said, and the next call tries again. */
  async with(use: (part: Suggest) => void, failure = this.ui.strings.errors.network): Promise<void> {
    try {
      const { Suggest } = await lazy("suggest");
      if (!this.part) {
        this.part = new Suggest(this.ui, {
          icon: iconElement,
          draw: (root, box) => drawPreview(this.ui, root, box),
          say: this.say,
        });
        this.ui.changed();
        await this.ui.updateComplete;
      }
    } catch {
      if (failure) this.say(failure);
      return;
    }
    use(this.part);
  }

  /** Somebody has written. */
  written(): void {
    const { text } = this.ui.composer;
    if (this.part) this.part.moved();
    else if ((this.#slash && text.includes("/")) || (this.#at && text.includes("@")))
      void this.with((part) => part.moved(), this.ui.strings.suggestFailed);
  }

  /** What is pasted may have tags: of a copy, or of this conversation. */
  pasted(event: ClipboardEvent): void {
    const input = event.target as HTMLTextAreaElement;
    const from = input.selectionStart;
    const text = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n");
    if (!text || !(this.part || this.offers)) return;
    input.addEventListener("input", () => void this.with((part) => part.restore(text, from)), { once: true });
  }

  /** Puts a template into the composer; the first of its fields is selected. */
  insert(template: Template): void {
    void this.with((part) => part.insert(template));
  }

  /** After each drawing. */
  updated(): void {
    const { composer } = this.ui;
    if (this.part) this.part.updated();
    else if (composer.tags.length || composer.fields.length) void this.with(() => undefined, ""); // nobody has asked for anything
  }

  /** A pointer or the focus is on something named, or null where it has left. */
  over(anchor: Element, entity: Entity | null): void {
    if (!entity) this.part?.preview.hide();
    else if (this.#previews) void this.with((part) => part.preview.show(anchor, entity), "");
  }

  /** True where a touch shows first what it is, and opens nothing. */
  touched(anchor: Element, entity: Entity, event: MouseEvent): boolean {
    const { part } = this;
    const touch = (event as PointerEvent).pointerType === "touch";
    if (!touch || !this.#previews || part?.preview.shows(anchor)) return false;
    void this.with((loaded) => loaded.preview.show(anchor, entity, 0));
    return true;
  }

  get #slash(): boolean {
    return this.ui.options.commands?.enabled === true || ownOptions(this.ui.options).templates !== undefined;
  }

  get #at(): boolean {
    return typeof this.ui.options.entities?.onTagSearch === "function";
  }

  get #previews(): boolean {
    return typeof this.ui.options.entities?.onRequestPreview === "function";
  }
}

/** A widget that nobody can act on; rejects as `lazy` does. */
async function drawPreview(ui: Ui, root: WidgetNode, box: HTMLElement): Promise<void> {
  const { widgetView } = await lazy("widgets");
  const item: WidgetItem = { type: "widget", id: "preview", widget: root };
  render(widgetView(ui, new Entry(item, "done"), item), box);
}
