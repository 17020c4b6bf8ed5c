/** A small menu button, by the pattern assistive technology knows: arrows, Home, End, Escape, typing ahead. */
import { html, nothing, type TemplateResult } from "lit";
import type { Ui } from "./ui";

export interface MenuEntry {
  label: string;
  icon?: unknown;
  description?: string;
  checked?: boolean;
  disabled?: boolean;
  group?: string;
  choose(): void;
}

export function menuButton(
  ui: Ui,
  name: string,
  button: { label: string; content: unknown; class: string; part?: string },
  entries: MenuEntry[],
  end = false,
): TemplateResult {
  const open = ui.menu === name;
  return html`<span class="anchor ${end ? "end" : ""}" @focusout=${(event: FocusEvent) => left(ui, event)}>
    <button
      type="button"
      class=${button.class}
      part=${button.part ?? "menu-button"}
      aria-haspopup="menu"
      aria-expanded=${open}
      aria-label=${button.label}
      title=${button.label}
      @click=${(event: Event) => toggle(ui, name, event)}
    >
      ${button.content}
    </button>
    ${
      open
        ? html`<div class="menu" role="menu" part="menu" aria-label=${button.label} @keydown=${(event: KeyboardEvent) => move(ui, event)}>
          ${entries.map((entry) => item(ui, entry))}
        </div>`
        : nothing
    }
  </span>`;
}

function item(ui: Ui, entry: MenuEntry): TemplateResult {
  return html`<button
    type="button"
    role=${entry.checked === undefined ? "menuitem" : "menuitemradio"}
    aria-checked=${entry.checked ?? nothing}
    aria-disabled=${entry.disabled ? "true" : nothing}
    tabindex="-1"
    @click=${(event: Event) => {
      if (entry.disabled) return;
      const button = opener(event.currentTarget as HTMLElement);
      ui.setMenu(null);
      button?.focus();
      entry.choose();
    }}
  >
    ${entry.icon ?? nothing}
    <span class="label">
      ${entry.label}${entry.description ? html`<span class="description">${entry.description}</span>` : nothing}
    </span>
  </button>`;
}

async function toggle(ui: Ui, name: string, event: Event): Promise<void> {
  const anchor = (event.currentTarget as HTMLElement).parentElement;
  const open = ui.menu !== name;
  ui.setMenu(open ? name : null);
  if (!open) return;
  await ui.updateComplete;
  const chosen =
    anchor?.querySelector<HTMLElement>('[aria-checked="true"]') ??
    anchor?.querySelector<HTMLElement>("[role^=menuitem]");
  chosen?.focus();
}

function move(ui: Ui, event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement;
  const items = [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const at = items.indexOf(event.target as HTMLElement);
  const to = (index: number) => items[(index + items.length) % items.length]?.focus();
  switch (event.key) {
    case "ArrowDown":
      to(at + 1);
      break;
    case "ArrowUp":
      to(at - 1);
      break;
    case "Home":
      to(0);
      break;
    case "End":
      to(-1);
      break;
    case "Escape":
      event.stopPropagation();
      opener(menu)?.focus();
      ui.setMenu(null);
      break;
    default: {
      if (event.key.length !== 1 || event.ctrlKey || event.metaKey) return;
      const letter = event.key.toLowerCase();
      const next = [...items.slice(at + 1), ...items].find((found) =>
        (found.textContent ?? "").trim().toLowerCase().startsWith(letter),
      );
      next?.focus();
    }
  }
  event.preventDefault();
}

function left(ui: Ui, event: FocusEvent): void {
  const anchor = event.currentTarget as HTMLElement;
  if (ui.menu !== null && !anchor.contains(event.relatedTarget as Node | null)) ui.setMenu(null);
}

function opener(inside: HTMLElement): HTMLElement | null {
  return inside.closest(".anchor")?.querySelector("[aria-haspopup]") ?? null;
}
