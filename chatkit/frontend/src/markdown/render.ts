/** A line's tree to DOM. Only the elements named here can come out; raw HTML stays the text it is. */
import { deeplink, safeImage, safeLink, sameOrigin } from "../links";
import type { Source } from "../wire/protocol";
import type { Cited, MarkdownContext } from "./context";
import { make } from "./dom";
import { decodeEntities } from "./entities";
import type { Inline } from "./inline";
import { maths } from "./maths";

export interface RenderContext extends MarkdownContext {
  groups: Cited[][];
}

export function render(nodes: readonly Inline[], context: RenderContext): Node[] {
  return nodes.flatMap((node) => rendered(node, context));
}

function rendered(node: Inline, context: RenderContext): Node[] {
  switch (node.type) {
    case "text":
      return [document.createTextNode(node.text)];
    case "html":
      return htmlText(node.text);
    case "code":
      return [make("code", {}, node.text)];
    case "break":
      return [make("br")];
    case "em":
    case "strong":
    case "del":
      return [make(node.type, {}, ...render(node.children, context))];
    case "link":
      return [link(node, context)];
    case "image":
      return [image(node, context)];
    case "formula":
      return [maths(node.source, node.display)];
    case "citation":
      return citations(node.group, context);
  }
}

/** Models write `<br>` in table cells; that one tag does what it says, all others are shown. */
export function htmlText(source: string): Node[] {
  return source
    .split(/<br\s*\/?>/i)
    .flatMap((piece, index) => [
      ...(index ? [make("br")] : []),
      ...(piece ? [document.createTextNode(decodeEntities(piece))] : []),
    ]);
}

function link(node: Extract<Inline, { type: "link" }>, context: RenderContext): Node {
  const children = render(node.children, context);
  const special = deeplink(node.href);
  if (special) {
    const button = make("button", { type: "button", class: "link", part: "deeplink" }, ...children);
    button.addEventListener("click", () => context.onDeeplink(special));
    return button;
  }
  const href = safeLink(node.href);
  if (href === null) return make("span", {}, ...children);
  return anchor(href, node.title, context, children);
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

function image({ alt, href: address, title }: Extract<Inline, { type: "image" }>, context: RenderContext): Node {
  const src = safeImage(address, context.imageDomains);
  if (src !== null) {
    const element = make("img", {
      alt,
      loading: "lazy",
      referrerpolicy: "no-referrer",
      title,
    });
    element.src = src;
    return element;
  }
  const label = context.strings.imageLink(alt || address);
  const href = safeLink(address);
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
