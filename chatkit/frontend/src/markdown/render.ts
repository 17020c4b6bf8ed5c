/** Tokens to DOM. Only the elements named here can come out; raw HTML stays the text it is. */
import type { Token, Tokens } from "marked";
import { iconElement } from "../icons";
import { deeplink, safeImage, safeLink, sameOrigin } from "../links";
import type { Source } from "../wire/protocol";
import { codeBlock } from "./code";
import type { Cited, MarkdownContext } from "./context";
import { make } from "./dom";
import { decodeEntities } from "./entities";
import { type CitationToken, type MathsToken, withoutMarks } from "./lexer";
import { maths } from "./maths";

export interface RenderContext extends MarkdownContext {
  groups: Cited[][];
  /** The depth of the message's first heading: it stands right below the chat's own. */
  outline: { top: number };
}

export function renderBlocks(tokens: readonly Token[], context: RenderContext): Node[] {
  return tokens.flatMap((token) => block(token, context));
}

function block(token: Token, context: RenderContext): Node[] {
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading": {
      const { depth } = token as Tokens.Heading;
      context.outline.top ||= depth;
      const level = Math.min(3 + Math.max(0, depth - context.outline.top), 6) as 3 | 4 | 5 | 6;
      return [make(`h${level}`, { class: `h${depth}` }, ...inline((token as Tokens.Heading).tokens, context))];
    }
    case "hr":
      return [make("hr")];
    case "code":
      return [codeBlock(withoutMarks((token as Tokens.Code).text), (token as Tokens.Code).lang, context)];
    case "blockquote":
      return [make("blockquote", {}, ...renderBlocks(token.tokens ?? [], context))];
    case "list":
      return [renderList(token as Tokens.List, context)];
    case "table":
      return [renderTable(token as Tokens.Table, context).box];
    case "maths":
      return [make("div", { class: "maths-block" }, maths((token as MathsToken).text, true))];
    case "html":
      return [make("p", {}, ...htmlText((token as Tokens.HTML).text))];
    case "text":
      return inline(token.tokens ?? [token], context);
    default:
      return [make("p", {}, ...inline(inner(token) ?? [token], context))];
  }
}

export function renderList(list: Tokens.List, context: RenderContext): HTMLElement {
  const start = list.ordered && list.start !== "" && list.start !== 1 ? String(list.start) : null;
  // Its own direction: the numbers stand on the side where the items begin, whatever came before.
  const element = list.ordered ? make("ol", { start, dir: "auto" }) : make("ul", { dir: "auto" });
  for (const item of list.items) element.append(renderItem(item, context));
  return element;
}

export function renderItem(item: Tokens.ListItem, context: RenderContext): HTMLElement {
  const tokens = item.tokens.filter((token) => token.type !== "checkbox");
  const element = make("li", { class: item.task ? "task" : null }, ...renderBlocks(tokens, context));
  if (item.task) {
    const { taskDone, taskOpen } = context.strings;
    const box = make("span", { class: "task-box", role: "img", "aria-label": item.checked ? taskDone : taskOpen });
    box.append(iconElement(item.checked ? "square-check" : "square"));
    for (const child of element.querySelectorAll("input")) child.remove();
    const first = element.firstElementChild;
    (first?.tagName === "P" ? first : element).prepend(box);
  }
  return element;
}

/** `body` holds the rows; `box` is what goes into the page. */
export function renderTable(table: Tokens.Table, context: RenderContext): { box: HTMLElement; body: HTMLElement } {
  const row = (cells: Tokens.TableCell[], tag: "th" | "td") =>
    make(
      "tr",
      {},
      ...cells.map((cell) =>
        make(tag, { class: cell.align, scope: tag === "th" ? "col" : null }, ...inline(cell.tokens, context)),
      ),
    );
  const body = make("tbody", {}, ...table.rows.map((cells) => row(cells, "td")));
  const element = make("table", {}, make("thead", {}, row(table.header, "th")), body);
  // Focusable, so that a wide table can be scrolled with the keyboard.
  const box = make(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": context.strings.table, part: "table" },
    element,
  );
  return { box, body };
}

export function inline(tokens: readonly Token[] | undefined, context: RenderContext): Node[] {
  return (tokens ?? []).flatMap((token) => inlineToken(token, context));
}

function inlineToken(token: Token, context: RenderContext): Node[] {
  switch (token.type) {
    case "text":
      return "tokens" in token && token.tokens ? inline(token.tokens, context) : [text(token.text)];
    case "escape":
      return [document.createTextNode(token.text)];
    case "strong":
      return [make("strong", {}, ...inline(token.tokens, context))];
    case "em":
      return [make("em", {}, ...inline(token.tokens, context))];
    case "del":
      return [make("del", {}, ...inline(token.tokens, context))];
    case "codespan":
      return [make("code", {}, withoutMarks(token.text))];
    case "br":
      return [make("br")];
    case "link":
      return [link(token as Tokens.Link, context)];
    case "image":
      return [image(token as Tokens.Image, context)];
    case "maths": {
      const { text: source, display } = token as MathsToken;
      return [maths(withoutMarks(source), display)];
    }
    case "citation":
      return citations((token as CitationToken).group, context);
    case "html":
      return htmlText(token.text);
    case "checkbox":
      return [];
    default: {
      const tokens = inner(token);
      return tokens ? inline(tokens, context) : [text(token.raw)];
    }
  }
}

function inner(token: Token): Token[] | undefined {
  return "tokens" in token ? token.tokens : undefined;
}

function text(source: string): Text {
  return document.createTextNode(decodeEntities(source));
}

/** Models write `<br>` in table cells; that one tag does what it says, all others are shown. */
function htmlText(source: string): Node[] {
  return source
    .trimEnd()
    .split(/<br\s*\/?>/i)
    .flatMap((piece, index): Node[] => [...(index ? [make("br")] : []), ...(piece ? [text(piece)] : [])]);
}

function link(token: Tokens.Link, context: RenderContext): Node {
  const children = inline(token.tokens, context);
  const special = deeplink(token.href);
  if (special) {
    const button = make("button", { type: "button", class: "link", part: "deeplink" }, ...children);
    button.addEventListener("click", () => context.onDeeplink(special));
    return button;
  }
  const href = safeLink(token.href);
  if (href === null) return make("span", {}, ...children);
  return anchor(href, token.title ?? null, context, children);
}

/** Links of an answer never take the chat away: they open beside it. */
export function anchor(
  href: string,
  title: string | null,
  context: Pick<MarkdownContext, "strings">,
  children: (Node | string)[],
): HTMLAnchorElement {
  const note = make("span", { class: "hidden" }, ` (${context.strings.opensInNewTab})`);
  const element = make("a", { rel: "noopener noreferrer", target: "_blank", title }, ...children, note);
  element.href = href;
  if (!sameOrigin(href)) element.setAttribute("referrerpolicy", "no-referrer");
  return element;
}

function image(token: Tokens.Image, context: RenderContext): Node {
  const alternative = decodeEntities(token.text ?? "");
  const src = safeImage(token.href, context.imageDomains);
  if (src !== null) {
    const element = make("img", {
      alt: alternative,
      loading: "lazy",
      referrerpolicy: "no-referrer",
      title: token.title,
    });
    element.src = src;
    return element;
  }
  const label = context.strings.imageLink(alternative || token.href);
  const href = safeLink(token.href);
  return href === null ? make("span", {}, label) : anchor(href, null, context, [label]);
}

function citations(group: number, context: RenderContext): Node[] {
  return (context.groups[group] ?? []).map(({ number, source }) => {
    const label = context.strings.source(number, source.title);
    return make("sup", { class: "citation" }, sourceLink(source, label, String(number), context));
  });
}

/** A source as something to press, or plain where there is nothing to open. */
function sourceLink(source: Source, label: string, shown: string, context: MarkdownContext): HTMLElement {
  const attributes = { "aria-label": label, title: source.title, part: "citation", class: "citation-mark" };
  const special = source.type === "url" ? deeplink(source.url) : null;
  if (special || (source.type === "entity" && source.interactive)) {
    const button = make("button", { type: "button", ...attributes }, shown);
    button.addEventListener("click", () => {
      if (special) context.onDeeplink(special);
      else if (source.type === "entity") context.onEntity(source);
    });
    return button;
  }
  const href = source.type === "url" ? safeLink(source.url) : null;
  if (href === null) return make("span", { ...attributes, role: "img" }, shown);
  const element = make("a", { ...attributes, rel: "noopener noreferrer", target: "_blank" }, shown);
  element.href = href;
  return element;
}
