/** The menus of "/" and "@", and the tags and fields in the text that come of them. */
import type { Command, Entity } from "@openai/chatkit";
import { composing } from "../keys";
import { ownOptions, type Template } from "../options";
import { plain } from "../plain";
import { nameOf, selectField } from "../state/fields";
import type { Ui } from "../views/ui";
import { type Choice, choicesFor, choicesOf, entityOf, isEntity, signsOf } from "./choices";
import { keepCopied, restoreTags } from "./clipboard";
import type { Kit } from "./kit";
import { List } from "./list";
import { Marks } from "./marks";
import { Preview } from "./preview";
import { SHEET } from "./styles";
import { matches, type Sign, type Trigger, triggerAt } from "./trigger";
import { hasFocus, mayFocus, replace, whole } from "./writing";

interface Level {
  title: string;
  commands: Command[];
}

const PAUSE = 120; // milliseconds without a letter before the page is asked again

export class Suggest {
  readonly list: List;
  readonly marks = new Marks();
  readonly preview: Preview;
  #trigger: Trigger | null = null;
  /** Where Escape closed the menu: it stays closed for that sign. */
  #dismissed: number | null = null;
  #levels: Level[] = [];
  #choices: Choice[] = [];
  #note = "";
  #round = 0;
  #busy = false;
  /** A search that is under way, for what was written last. */
  #searching: Promise<void> | null = null;
  /** The field that is listened to. */
  #heard: HTMLTextAreaElement | null = null;

  constructor(
    private readonly ui: Ui,
    private readonly kit: Kit,
  ) {
    this.list = new List(
      (name) => (typeof name === "string" && name ? kit.icon(name) : null),
      (index) => void this.#choose(index),
      () => this.#up(),
    );
    this.preview = new Preview(ui, kit.draw);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    const root = ui.renderRoot as ShadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  /** Puts a template into the text, and selects its first field. */
  insert(template: Template): void {
    const input = this.#input;
    if (!input) return;
    const { selectionStart: from, selectionEnd: to, value } = input;
    const gap = /\S/.test(value.charAt(from - 1)) ? " " : "";
    replace(input, from, to, gap + template.text);
    this.ui.composer.fillIn(template.text);
    this.close();
    input.setSelectionRange(from, from);
    if (!selectField(input, this.ui.composer.fields))
      input.setSelectionRange(from + gap.length + template.text.length, input.value.length);
    ownOptions(this.ui.options).templates?.onUse?.({ ...template });
  }

  /** Says once which fields of a template nobody has filled in; the next press sends it as it is. */
  unfinished(): boolean {
    const { composer, strings } = this.ui;
    if (!composer.unfinished) return false;
    this.kit.say(strings.fillIn(composer.fields.map(nameOf)));
    if (this.#input) selectField(this.#input, composer.fields, { first: true });
    return true;
  }

  // What the field tells ---------------------------------------------------------------------------------

  /** The text or the caret has changed. */
  moved(): void {
    const input = this.#input;
    if (!input) return;
    const { selectionStart, selectionEnd, value } = input;
    const found = selectionStart === selectionEnd ? triggerAt(value, selectionStart, signsOf(this.ui)) : null;
    const inTag =
      found && this.ui.composer.tags.some(({ at, tag }) => at <= found.at && found.at < at + tag.text.length);
    if (!found || inTag) {
      this.#dismissed = null;
      this.close();
      return;
    }
    if (found.at === this.#dismissed) return;
    this.#dismissed = null;
    const same = this.#trigger?.at === found.at && this.#trigger.sign === found.sign;
    if (same && this.#trigger?.query === found.query) return;
    if (!same) this.#levels = [];
    const first = !same || !this.list.shown;
    this.#trigger = found;
    this.#seek(first ? 0 : PAUSE);
  }

  /** True where the key was meant for the menu. */
  keydown(event: KeyboardEvent): boolean {
    if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (!this.list.shown) return event.key === "Tab" && this.#toField(event);
    const { active } = this.list;
    switch (event.key) {
      case "ArrowDown":
        this.#activate(active + 1);
        break;
      case "ArrowUp":
        this.#activate(active - 1);
        break;
      case "Enter":
      case "Tab":
        if (!event.shiftKey && this.#searching && !this.#narrow()) {
          void this.#searching.then(() => void this.#choose(this.list.active));
          break;
        }
        // With nothing to choose, Enter sends what was written, and Tab leaves.
        if (event.shiftKey || this.list.active < 0) return event.key === "Tab" && this.#toField(event);
        void this.#choose(this.list.active);
        break;
      case "Escape":
        event.stopPropagation();
        if (this.#levels.length) this.#up();
        else this.#dismiss();
        break;
      default:
        return false;
    }
    event.preventDefault();
    return true;
  }

  /** A text was pasted at `from`. */
  restore(text: string, from: number): void {
    const { composer, conversation } = this.ui;
    const items = conversation.thread.entries.map(({ item }) => item);
    restoreTags(text, from, composer, items);
  }

  /** Something was drawn anew. */
  updated(): void {
    const { composer } = this.ui;
    const input = this.#input;
    // Sent, or replaced: what was for the text that stood there is so no more.
    const { text } = composer;
    if (!/[/@]/.test(text.charAt(this.#dismissed ?? -1))) this.#dismissed = null;
    if (this.#trigger && text.charAt(this.#trigger.at) !== this.#trigger.sign) this.close();
    if (input && input !== this.#heard) this.#listen(input);
    this.marks.update(input, composer.text, composer.tags, composer.fields);
    if (!input && this.list.shown) this.close();
    if (this.preview.anchor && !this.preview.anchor.isConnected) this.preview.hide();
  }

  #listen(input: HTMLTextAreaElement): void {
    this.#heard = input;
    input.addEventListener("beforeinput", (event) => this.#beforeInput(event));
    input.addEventListener("keyup", ({ key }) => /^(Arrow|Home|End)/.test(key) && this.moved());
    input.addEventListener("click", () => {
      this.moved();
      this.#pressed(input);
    });
    input.addEventListener("blur", () => {
      // A command of the page may have taken the focus, as for a dialog: what comes of it is waited for.
      if (this.#busy) this.#hide();
      else this.close();
      this.preview.hide();
    });
    input.addEventListener("scroll", () => this.marks.scroll(input));
    for (const name of ["copy", "cut"] as const)
      input.addEventListener(name, () => keepCopied(input, this.ui.composer));
  }

  /** Keeps tags whole. */
  #beforeInput(event: InputEvent): void {
    const input = event.target as HTMLTextAreaElement;
    if (!event.cancelable || event.isComposing) return;
    const { selectionStart: from, selectionEnd: to } = input;
    const instead = whole(this.ui.composer.tags, event.inputType, event.data, from, to);
    if (!instead) return;
    event.preventDefault();
    replace(input, instead.from, instead.to, instead.text);
  }

  #toField(event: KeyboardEvent): boolean {
    const { fields } = this.ui.composer;
    const moved = selectField(event.target as HTMLTextAreaElement, fields, { back: event.shiftKey });
    if (moved) event.preventDefault();
    return moved;
  }

  /** The caret was put into a tag: what it names is shown. */
  #pressed(input: HTMLTextAreaElement): void {
    this.preview.hide();
    const { selectionStart: caret, selectionEnd } = input;
    if (caret !== selectionEnd) return;
    const { tags } = this.ui.composer;
    const index = tags.findIndex(({ tag, at }) => at < caret && caret < at + tag.text.length);
    const mark = this.marks.element.querySelectorAll("mark.named")[index];
    const found = tags[index];
    if (found && mark) void this.preview.show(mark, entityOf(found.tag), 0);
  }

  /** Writes a sign, as a button does. */
  begin(sign: Sign): void {
    const input = this.#input;
    if (!input) return;
    const { selectionStart: caret, value } = input;
    replace(input, caret, input.selectionEnd, /\S/.test(value.charAt(caret - 1)) ? ` ${sign}` : sign);
  }

  close(): void {
    this.#round++;
    this.#trigger = null;
    this.#levels = [];
    this.#choices = [];
    this.#busy = false;
    this.#searching = null;
    this.#hide();
  }

  #hide(): void {
    this.list.hide();
    this.#describe();
  }

  // The menu ---------------------------------------------------------------------------------------------

  #seek(pause: number): void {
    const searching = this.#search(pause);
    this.#searching = searching;
    void searching.then(() => {
      if (this.#searching === searching) this.#searching = null;
    });
  }

  async #search(pause: number): Promise<void> {
    const trigger = this.#trigger;
    if (!trigger) return;
    const round = ++this.#round;
    this.#busy = false; // a command that still runs is not waited for any more
    const level = this.#levels.at(-1);
    if (level) return this.#show(choicesOf(level.commands, trigger.query), "");
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
    if (round !== this.#round) return;
    let found: Choice[] = [];
    let note = "";
    try {
      found = await choicesFor(this.ui, trigger.sign, trigger.query);
    } catch {
      note = this.ui.strings.suggestFailed;
    }
    if (round !== this.#round) return;
    // A sentence that goes on is no search.
    if (!found.length && !note && /\s/.test(trigger.query)) return this.#hide();
    this.#show(found, note);
  }

  #show(choices: Choice[], note: string): void {
    const { strings } = this.ui;
    const title = this.#levels.at(-1)?.title ?? "";
    const kept = this.#choices[this.list.active]?.id;
    const at = choices.findIndex(({ id }) => id === kept);
    const changed = choices.length !== this.#choices.length || note !== this.#note;
    this.#choices = choices;
    this.#note = note;
    this.list.show(
      choices,
      {
        label: this.#trigger?.sign === "@" ? strings.name : strings.commands,
        title,
        back: strings.commands,
        note: choices.length ? "" : note || strings.noSuggestions,
      },
      Math.max(0, at),
    );
    this.#fit();
    this.#describe();
    if (changed) this.ui.announce(choices.length ? strings.suggestions(choices.length) : note || strings.noSuggestions);
  }

  /** What is shown is for fewer letters: makes the first that fits them all the active one; false where none does. */
  #narrow(): boolean {
    const query = this.#trigger?.query ?? "";
    const fits = this.#choices.map(({ label, description }) => matches(query, label, description));
    if (!fits.includes(true)) return false;
    if (!fits[this.list.active]) this.list.activate(fits.indexOf(true));
    return true;
  }

  #activate(index: number): void {
    this.list.activate(index);
    this.#describe();
  }

  /** Goes up from a sub-menu. */
  #up(): void {
    this.#levels.pop();
    const [input, trigger] = [this.#input, this.#trigger];
    if (!input || !trigger) return;
    if (trigger.query) this.#write(input, trigger.sign);
    else this.#seek(0);
  }

  #dismiss(): void {
    const at = this.#trigger?.at ?? null;
    this.close();
    this.#dismissed = at;
  }

  async #choose(index: number): Promise<void> {
    const [choice, trigger, input] = [this.#choices[index], this.#trigger, this.#input];
    if (!choice || !trigger || !input || this.#busy) return;
    const { does } = choice;
    if (does.type === "entity") return this.#name(input, does.entity);
    if (does.type === "template") {
      this.#write(input, "");
      this.close();
      this.insert(does.template);
      return;
    }
    if (does.type === "act") {
      this.#write(input, "");
      this.close();
      does.act();
      return;
    }
    await this.#run(input, does.command, index);
  }

  async #run(input: HTMLTextAreaElement, command: Command, index: number): Promise<void> {
    const round = ++this.#round;
    this.#busy = true;
    this.list.busy(index);
    try {
      const selection = (await this.ui.options.commands?.onSelect?.(plain(command))) ?? null;
      if (round !== this.#round) return;
      this.#busy = false;
      if (selection?.type === "entity" && isEntity(selection.entity)) return this.#name(input, plain(selection.entity));
      if (selection?.type === "menu" && Array.isArray(selection.commands)) {
        // Who is in a field of the page by now opens it again with the next look at the text.
        if (!mayFocus(input)) return this.close();
        input.focus();
        this.#levels.push({ title: command.label, commands: plain(selection.commands) });
        if (this.#trigger?.query) this.#write(input, this.#trigger.sign);
        else this.#seek(0);
        return;
      }
      this.#write(input, "", !hasFocus(input));
      this.close();
    } catch {
      if (round !== this.#round) return;
      this.#busy = false;
      const { generic } = this.ui.strings.errors;
      if (hasFocus(input)) return this.#show([], generic);
      this.close();
      this.kit.say(generic);
    }
  }

  /** Puts what was chosen into the text, as a tag. */
  #name(input: HTMLTextAreaElement, entity: Entity): void {
    const trigger = this.#trigger;
    if (!trigger) return;
    const title = entity.title.replace(/\s+/g, " ").trim().slice(0, 200);
    const { at } = trigger;
    const behind = input.value.slice(at + 1 + trigger.query.length);
    this.close();
    const space = /^[\s,.;:!?)]/.test(behind) ? "" : " ";
    replace(input, at, at + 1 + trigger.query.length, title + space, !mayFocus(input));
    const { id, group, interactive, data } = entity;
    this.ui.composer.place(
      {
        type: "input_tag",
        id,
        text: title,
        data: data ?? {},
        ...(group ? { group } : {}),
        interactive: interactive ?? false,
      },
      at,
    );
    this.ui.announce(this.ui.strings.named(title));
  }

  /** Puts a text in the place of the sign and what was written behind it. */
  #write(input: HTMLTextAreaElement, text: string, stay = false): void {
    const trigger = this.#trigger;
    if (trigger) replace(input, trigger.at, trigger.at + 1 + trigger.query.length, text, stay);
  }

  get #input(): HTMLTextAreaElement | null {
    return this.ui.renderRoot.querySelector<HTMLTextAreaElement>("textarea.input");
  }

  /** As high as the room above the composer. */
  #fit(): void {
    const { element } = this.list;
    const frame = (this.ui.renderRoot.querySelector(".frame") ?? element).getBoundingClientRect();
    const box = element.parentElement?.getBoundingClientRect();
    if (box) element.style.setProperty("max-height", `${Math.max(96, Math.min(320, box.top - frame.top - 16))}px`);
  }

  /** Tells assistive technology which choice is meant. */
  #describe(): void {
    const input = this.#input;
    if (!input) return;
    const { shown, activeId } = this.list;
    for (const [name, value] of [
      ["aria-controls", shown && activeId ? "suggestions" : null],
      ["aria-activedescendant", shown ? activeId : null],
    ] as const) {
      if (value) input.setAttribute(name, value);
      else input.removeAttribute(name);
    }
  }
}
