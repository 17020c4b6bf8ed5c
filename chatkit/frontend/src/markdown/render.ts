/** A line's tree to DOM. Only the elements named here can come out; raw HTML stays the text it is. */
import { type Direction, directionOf, type Run, runsOf } from "../direction";
import { deeplink, safeImage, safeLink, sameOrigin } from "../links";
import type { Source } from "../wire/protocol";
import type { Cited, MarkdownContext } from "./context";
import { make } from "./dom";
import { decodeEntities } from "./entities";
import { type Inline, plain } from "./inline";
import { maths } from "./maths";

export interface RenderContext extends MarkdownContext {
  groups: Cited[][];
  /** Of the block, or of the link. */
  direction: Direction;
}

/** A context in which it is known what of each text runs against its block. */
interface Divided extends RenderContext {
  runs: Map<Inline, Run[]>;
}

export function render(nodes: readonly Inline[], context: RenderContext): Node[] {
  const runs = divided(nodes, context.direction);
  return nodes.flatMap((node) => rendered(node, { ...context, runs }));
}

/** What runs the other way and begins and ends in the same text; a run that goes on in bold text needs no help. */
function divided(nodes: readonly Inline[], direction: Direction): Map<Inline, Run[]> {
  const texts: { node: Inline; text: string }[] = [];
  const collect = (list: readonly Inline[]) => {
    for (const node of list) {
      if (node.type === "text") texts.push({ node, text: node.text });
      else if ("children" in node && node.type !== "link") collect(node.children);
      else texts.push({ node, text: "\n" });
    }
  };
  collect(nodes);
  const runs = runsOf(texts.map(({ text }) => text).join(""), direction);
  let begin = 0;
  const foreign = runs.flatMap((run) => {
    begin += run.text.length;
    return run.foreign ? [{ from: begin - run.text.length, to: begin }] : [];
  });
  const found = new Map<Inline, Run[]>();
  let at = 0;
  let next = 0;
  for (const { node, text } of texts) {
    const end = at + text.length;
    const pieces: Run[] = [];
    let from = at;
    for (let run = foreign[next]; run && run.from < end; run = foreign[next]) {
      if (run.from >= at && run.to <= end) {
        if (run.from > from) pieces.push({ text: text.slice(from - at, run.from - at), foreign: false });
        pieces.push({ text: text.slice(run.from - at, run.to - at), foreign: true });
        from = run.to;
      }
      if (run.to > end) break;
      next++;
    }
    if (from < end) pieces.push({ text: text.slice(from - at), foreign: false });
    found.set(node, pieces);
    at = end;
  }
  return found;
}

function rendered(node: Inline, context: Divided): Node[] {
  switch (node.type) {
    case "text":
      return texts(context.runs.get(node) ?? [], context.direction);
    case "html":
      return htmlText(node.text, context.direction);
    case "code":
      return [make("code", { dir: "ltr" }, node.text)];
    case "break":
      return [make("br")];
    case "em":
    case "strong":
    case "del":
      return [make(node.type, {}, ...node.children.flatMap((child) => rendered(child, context)))];
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
function htmlText(source: string, direction: Direction): Node[] {
  return source
    .split(/<br\s*\/?>/i)
    .flatMap((piece, index) => [
      ...(index ? [make("br")] : []),
      ...texts(runsOf(decodeEntities(piece), direction), direction),
    ]);
}

/** What runs the other way is set apart, so that it is not mixed up with the signs and numbers beside it. */
function texts(runs: readonly Run[], direction: Direction): Node[] {
  const dir = direction === "rtl" ? "ltr" : "rtl";
  return runs.map(({ text, foreign }) => (foreign ? make("bdi", { dir }, text) : document.createTextNode(text)));
}

function link(node: Extract<Inline, { type: "link" }>, context: RenderContext): Node {
  const dir = directionOf(plain(node.children)) ?? "ltr";
  const children = render(node.children, { ...context, direction: dir });
  const special = deeplink(node.href);
  if (special) {
    const button = make("button", { type: "button", class: "link", part: "deeplink", dir }, ...children);
    button.addEventListener("click", () => context.onDeeplink(special));
    return button;
  }
  const href = safeLink(node.href, context.base);
  if (href === null) return make("span", { dir }, ...children);
  return anchor(href, { title: node.title, dir }, context, children);
}

/** Links of an answer never take the chat away: they open beside it. */
export function anchor(
  href: string,
  attributes: { title?: string | null; dir: string },
  context: Pick<MarkdownContext, "strings">,
  children: (Node | string)[],
): HTMLAnchorElement {
  const note = make("span", { class: "hidden" }, ` (${context.strings.opensInNewTab})`);
  const element = make("a", { rel: "noopener noreferrer", target: "_blank", ...attributes }, ...children, note);
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
  const dir = directionOf(label) ?? "ltr";
  return href === null ? make("span", { dir }, label) : anchor(href, { dir }, context, [label]);
}

function citations(group: number, context: RenderContext): Node[] {
  return (context.groups[group] ?? []).map(({ number, source }, index) => {
    const label = context.strings.source(number, source.title);
    // The first begins no line, away from what it stands behind.
    const attributes = { class: index ? "citation" : "citation held" };
    return make("sup", attributes, sourceLink(source, label, String(number), context));
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
  const href = source.type === "url" ? safeLink(source.url, context.base) : null;
  if (href === null) return make("span", { ...attributes, role: "img" }, shown);
  const element = make("a", { ...attributes, rel: "noopener noreferrer", target: "_blank" }, shown);
  element.href = href;
  return element;
}
