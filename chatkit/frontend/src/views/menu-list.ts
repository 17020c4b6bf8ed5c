/** What a menu button opens, by the pattern assistive technology knows: arrows, Home, End, Escape, typing ahead. */
import { html, nothing, type TemplateResult } from "lit";
import { adopt } from "../adopt";
import { panelStyles } from "../styles/panels";
import type { MenuEntry } from "./menu";
import type { Ui } from "./ui";

export function menuView(ui: Ui, label: string, entries: MenuEntry[]): TemplateResult {
  adopt(ui.renderRoot, panelStyles);
  return html`<div class="menu" role="menu" part="menu" aria-label=${label} @keydown=${(event: KeyboardEvent) => move(ui, event)}>
    ${entries.map((entry) => item(ui, entry))}
  </div>`;
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
      // It presses the button, as in any menu.
      if (event.key === " ") return;
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

function opener(inside: HTMLElement): HTMLElement | null {
  return inside.closest(".anchor")?.querySelector("[aria-haspopup]") ?? null;
}
