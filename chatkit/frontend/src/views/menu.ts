/** A button that opens a small menu. */
import { html, nothing, type TemplateResult } from "lit";
import type * as Panels from "../lazy/panels";
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
  entries: MenuEntry[] | ((part: typeof Panels) => MenuEntry[]),
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
    ${open ? ui.panels.draw((part) => part.menuView(ui, button.label, Array.isArray(entries) ? entries : entries(part))) : nothing}
  </span>`;
}

async function toggle(ui: Ui, name: string, event: Event): Promise<void> {
  const anchor = (event.currentTarget as HTMLElement).parentElement;
  const open = ui.menu !== name;
  ui.setMenu(open ? name : null);
  if (!open) return;
  await ui.panels.fetch();
  await ui.updateComplete;
  const chosen =
    anchor?.querySelector<HTMLElement>('[aria-checked="true"]') ??
    anchor?.querySelector<HTMLElement>("[role^=menuitem]");
  chosen?.focus();
}

function left(ui: Ui, event: FocusEvent): void {
  const anchor = event.currentTarget as HTMLElement;
  if (ui.menu !== null && !anchor.contains(event.relatedTarget as Node | null)) ui.setMenu(null);
}
