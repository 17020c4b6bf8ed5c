/** An answer: its text as it grows, its sources, what can be done with it. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { icon, namedIcon } from "../icons";
import { deeplink, safeLink } from "../links";
import { numbered } from "../markdown/citations";
import type { Cited } from "../markdown/context";
import { streamed } from "../markdown/directive";
import type { Entry } from "../state/entry";
import type { Turn } from "../state/turns";
import { actions } from "./actions";
import { namedButton } from "./named";
import { time } from "./time";
import type { Ui } from "./ui";

export function assistantMessage(ui: Ui, entry: Entry, turn: Turn | undefined): TemplateResult {
  const cited = numbered(entry.parts.flatMap((part) => part.annotations));
  return html`<article class="item assistant" part="message assistant-message" data-id=${entry.id}>
    <span class="hidden">${ui.strings.assistant}</span>${time(ui, entry.item.created_at)}
    ${repeat(
      entry.parts,
      (part) => part,
      (part) => html`<div part="text">${streamed(part, ui.markdown, cited)}</div>`,
    )}
    ${entry.state === "done" ? sources(ui, cited) : nothing} ${actions(ui, entry, turn)}
  </article>`;
}

/** So many sources are listed. */
const MAX_SOURCES = 200;

function sources(ui: Ui, cited: Cited[]): unknown {
  if (!cited.length) return nothing;
  return html`<details class="sources" part="sources">
    <summary>${icon("book-open")}${ui.strings.sources(cited.length)}<span class="chevron">${icon("chevron-down")}</span></summary>
    <ol role="list">
      ${cited.slice(0, MAX_SOURCES).map(
        ({ number, source }) => html`<li>
          <span class="number" aria-hidden="true">${number}</span>
          <span>
            ${sourceTitle(ui, source)}
            ${source.description ? html`<span class="where" dir="auto">${source.description}</span>` : nothing}
            ${where(ui, source) ? html`<span class="where" dir="auto">${where(ui, source)}</span>` : nothing}
          </span>
        </li>`,
      )}
    </ol>
    ${cited.length > MAX_SOURCES ? html`<p class="line">${ui.strings.notShown(cited.length - MAX_SOURCES)}</p>` : nothing}
  </details>`;
}

function sourceTitle(ui: Ui, source: Cited["source"]): TemplateResult {
  const special = source.type === "url" ? deeplink(source.url) : null;
  const entity = source.type === "entity" && source.interactive;
  if (entity) {
    return namedButton(ui, source as never, "markdown link", html`${namedIcon(source.icon)}${source.title}`, () =>
      ui.markdown.onEntity(source as never),
    );
  }
  if (special) {
    const open = () => ui.markdown.onDeeplink(special);
    return html`<button type="button" class="markdown link" dir="auto" @click=${open}>${source.title}</button>`;
  }
  const href = source.type === "url" ? safeLink(source.url, ui.markdown.base) : null;
  if (href === null) return html`<span dir="auto">${source.title}</span>`;
  return html`<span class="markdown">
    <a href=${href} target="_blank" rel="noopener noreferrer" dir="auto">${source.title}<span class="hidden"> (${ui.strings.opensInNewTab})</span></a>
  </span>`;
}

/** Where a source is from, unless its title says so already. */
function where(ui: Ui, source: Cited["source"]): string | null {
  if (source.type === "file") return source.filename === source.title ? null : source.filename;
  if (source.type !== "url") return null;
  if (source.attribution) return source.attribution;
  const href = safeLink(source.url, ui.markdown.base);
  if (!href) return null;
  const { origin, host } = new URL(href);
  return origin === location.origin ? null : host.replace(/^www\./, "");
}
