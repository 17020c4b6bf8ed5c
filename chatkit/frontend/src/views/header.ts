/** The bar on top: the page's own buttons, the title, history, new chat. */
import type { HeaderOption } from "@openai/chatkit";
import { html, nothing } from "lit";
import { icon, namedIcon } from "../icons";
import { ownOptions } from "../options";
import { menuButton } from "./menu";
import type { Ui } from "./ui";

/** `open`: the list of conversations takes the place of the chat. */
export function header(ui: Ui, open: boolean): unknown {
  const options = ui.options.header ?? {};
  const { strings, conversation } = ui;
  const given = options.title?.enabled === false ? "" : (options.title?.text ?? conversation.thread.title ?? "");
  const title = open ? strings.chats : given;
  // There is a heading at all times: without a title it is only heard.
  const name = ui.options.frameTitle ?? "Chat";
  if (options.enabled === false) return html`<h2 class="hidden">${title || name}</h2>${note(ui, open)}`;
  const historyOn = ui.options.history?.enabled !== false;
  return html`<header part="header">
    ${
      open
        ? html`<button type="button" class="icon-button" part="header-button" data-history-back aria-label=${strings.back} title=${strings.back} @click=${() => ui.toggleHistory()}>
          ${icon("back-small")}
        </button>`
        : action(ui, options.leftAction, "left")
    }
    <h2 class="title" part="title">${title ? html`<bdi dir="auto">${title}</bdi>` : html`<span class="hidden">${name}</span>`}</h2>
    ${
      historyOn && !open
        ? html`<button type="button" class="icon-button" part="header-button" data-history aria-label=${strings.history} title=${strings.history} @click=${() => ui.toggleHistory()}>
          ${icon("history")}
        </button>`
        : nothing
    }
    ${temporary(ui, open)}
    ${threadMenu(ui, open)}
    ${
      conversation.threadId !== null || open
        ? html`<button type="button" class="icon-button" part="header-button" data-new aria-label=${strings.newChat} title=${strings.newChat} @click=${() => ui.newChat()}>
          ${icon("compose")}
        </button>`
        : nothing
    }
    ${action(ui, options.rightAction, "right")}
  </header>${note(ui, open)}`;
}

/** The menu of the conversation that is open, where the page asks for anything in it. */
function threadMenu(ui: Ui, open: boolean): unknown {
  const { conversation, strings } = ui;
  const { print, export: files, share } = ownOptions(ui.options).threadActions ?? {};
  if (!(print || files || share) || conversation.threadId === null || open) return nothing;
  const button = { label: strings.headerAction, content: icon("dots-horizontal"), class: "icon-button" };
  return menuButton(ui, "thread", { ...button, part: "thread-menu-button" }, (part) => part.threadMenu(ui), true);
}

/** Chooses a temporary conversation before it begins, where the page and the server know of such. */
function temporary(ui: Ui, open: boolean): unknown {
  const { conversation, composer, strings } = ui;
  const { thread } = conversation;
  const choose = () => {
    conversation.setTemporary(!thread.temporary);
    composer.keep(); // no longer, or again
  };
  const ours = ui.options.api !== undefined && "getClientSecret" in ui.options.api;
  const { history: option } = ui.options;
  const offered = option !== undefined && "temporary" in option && option.temporary === true;
  if (!ours || !offered || open || thread.id !== null || thread.entries.length) return nothing;
  return html`<button type="button" class="icon-button" part="header-button" data-temporary aria-pressed=${thread.temporary ? "true" : "false"} aria-label=${strings.temporary} title=${strings.temporary} @click=${choose}>
    ${icon("chat-temporary")}
  </button>`;
}

/** Says of a temporary conversation what becomes of it. */
function note(ui: Ui, open: boolean): unknown {
  if (!ui.conversation.thread.temporary || open) return nothing;
  return html`<p class="temporary" part="temporary" role="note">${icon("chat-temporary")}<span>${ui.strings.temporaryNote}</span></p>`;
}

function action(ui: Ui, option: HeaderOption["leftAction"], side: string): unknown {
  if (!option) return nothing;
  // The option carries no label, so the icon's name is the best there is to say.
  const label = typeof option.icon === "string" ? option.icon.replace(/-/g, " ") : ui.strings.headerAction;
  return html`<button type="button" class="icon-button" part="header-button header-action-${side}" data-action=${side} aria-label=${label} @click=${() => option.onClick?.()}>
    ${namedIcon(option.icon)}
  </button>`;
}
