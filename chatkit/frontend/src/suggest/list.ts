/** The menu above the composer, drawn by hand. The focus stays in the text: its `aria-activedescendant` names the choice. */
import { make } from "../markdown/dom";
import type { Choice } from "./choices";

export interface ListTexts {
  label: string;
  /** Above the choices of a sub-menu, with a button back; else empty. */
  title: string;
  back: string;
  /** Instead of choices. */
  note: string;
}

export class List {
  readonly element = make("div", { class: "suggest", part: "suggestions", hidden: "" });
  #options: HTMLElement[] = [];
  #active = -1;

  constructor(
    private readonly icon: (name: string | undefined) => Node | null,
    private readonly choose: (index: number) => void,
    private readonly back: () => void,
  ) {
    // A press must not take the focus from the text.
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get shown(): boolean {
    return !this.element.hidden;
  }

  /** The id of the option that Enter would choose, or null. */
  get activeId(): string | null {
    return this.#options[this.#active]?.id ?? null;
  }

  get active(): number {
    return this.#active;
  }

  show(choices: readonly Choice[], { label, title, back, note }: ListTexts, active: number): void {
    const box = make("div", { role: "listbox", id: "suggestions", "aria-label": title || label });
    this.#options = choices.map((choice, index) => this.#option(choice, index));
    let group: HTMLElement = box;
    let name = "";
    choices.forEach((choice, index) => {
      const own = choice.group ?? "";
      if (own !== name) {
        name = own;
        const heading = make("div", { class: "group", "aria-hidden": "true" }, make("bdi", {}, own));
        group = own ? make("div", { role: "group", "aria-label": own }, heading) : box;
        if (own) box.append(group);
      }
      group.append(this.#options[index] ?? "");
    });
    const top = title ? this.#back(back, title) : null;
    const said = note ? make("p", { class: "note" }, note) : null;
    this.element.replaceChildren(...[top, choices.length ? box : null, said].filter((node) => node !== null));
    this.element.hidden = false;
    this.activate(Math.min(active, choices.length - 1));
  }

  hide(): void {
    this.element.hidden = true;
    this.element.replaceChildren();
    this.#options = [];
    this.#active = -1;
  }

  /** Marks an option; the numbers go round. */
  activate(index: number): void {
    const count = this.#options.length;
    this.#options[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = count ? (index + count) % count : -1;
    const option = this.#options[this.#active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
  }

  /** The option that waits for the page. */
  busy(index: number): void {
    this.#options[index]?.setAttribute("aria-busy", "true");
  }

  #option({ label, description, icon }: Choice, index: number): HTMLElement {
    const option = make(
      "div",
      { role: "option", id: `suggestion-${index}`, class: "option", "aria-selected": "false" },
      this.icon(icon),
      make(
        "span",
        { class: "label" },
        make("span", { class: "name" }, make("bdi", {}, label)),
        description ? make("span", { class: "description" }, make("bdi", {}, description)) : null,
      ),
    );
    option.addEventListener("click", () => this.choose(index));
    option.addEventListener("pointermove", () => this.#active === index || this.activate(index));
    return option;
  }

  #back(label: string, title: string): HTMLElement {
    const button = make(
      "button",
      { type: "button", class: "up", tabindex: "-1", "aria-label": label },
      this.icon("lucide:chevron-left"),
      make("bdi", {}, title),
    );
    button.addEventListener("click", () => this.back());
    return button;
  }
}
