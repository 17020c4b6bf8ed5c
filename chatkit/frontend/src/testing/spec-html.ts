/** Blocks as the HTML that CommonMark's specification shows, to be compared with it. */
import type { Block } from "../markdown/block";
import { BlockParser } from "../markdown/blocks";
import { type Inline, parseInline } from "../markdown/inline";

export function specHtml(source: string): string {
  const parser = new BlockParser();
  parser.write(source);
  parser.finish();
  const lines = (block: Block) => {
    const text = block.lines.map((line) => line.text).join("\n");
    const { settled, rest } = parseInline(text.trimEnd(), { define: (label) => parser.definitions.get(label) });
    return inline(settled) + inline(rest);
  };

  function blocks(parent: Block): string {
    return parent.children.map((child) => block(child, parent)).join("");
  }

  function block(child: Block, parent: Block): string {
    const text = child.lines.map((line) => `${line.text}\n`).join("");
    switch (child.type) {
      case "heading":
        return `<h${child.depth}>${lines(child)}</h${child.depth}>\n`;
      case "rule":
        return "<hr />\n";
      case "html":
        return text.replace(/\n+$/, "\n");
      case "code": {
        const language = child.fence?.info.split(/\s+/)[0];
        const code = child.fence ? text : text.replace(/(\n[ \t]*)+$/, "\n");
        return `<pre><code${language ? ` class="language-${escaped(language)}"` : ""}>${escaped(code)}</code></pre>\n`;
      }
      case "quote":
        return `<blockquote>\n${blocks(child)}</blockquote>\n`;
      case "list": {
        const tag = child.marker?.ordered ? "ol" : "ul";
        const start = child.marker?.ordered && child.marker.start !== 1 ? ` start="${child.marker.start}"` : "";
        return `<${tag}${start}>\n${blocks(child)}</${tag}>\n`;
      }
      case "item": {
        const first = child.children[0];
        const inner = blocks(child);
        const tight = !parent.loose;
        const open = !first || (tight && first.type === "paragraph" && first.lines.length) ? "" : "\n";
        return `<li>${open}${tight && child.children.at(-1)?.type === "paragraph" ? inner.replace(/\n$/, "") : inner}</li>\n`;
      }
      case "paragraph":
        if (!child.lines.length) return "";
        return parent.type === "item" && !parent.parent?.loose ? `${lines(child)}\n` : `<p>${lines(child)}</p>\n`;
      default:
        return `<${child.type}>`;
    }
  }

  return blocks(parser.root);
}

function inline(nodes: readonly Inline[]): string {
  return nodes.map(one).join("");
}

function one(node: Inline): string {
  switch (node.type) {
    case "text":
      return escaped(node.text);
    case "html":
      return node.text;
    case "code":
      return `<code>${escaped(node.text)}</code>`;
    case "break":
      return "<br />\n";
    case "link":
      return `<a href="${address(node.href)}"${title(node.title)}>${inline(node.children)}</a>`;
    case "image":
      return `<img src="${address(node.href)}" alt="${escaped(node.alt)}"${title(node.title)} />`;
    case "formula":
    case "citation":
      return `<${node.type}>`;
    default:
      return `<${node.type}>${inline(node.children)}</${node.type}>`;
  }
}

function title(text: string | null): string {
  return text ? ` title="${escaped(text)}"` : "";
}

function address(href: string): string {
  return escaped(encodeURI(href).replace(/%25(?=[0-9A-Fa-f]{2})/g, "%"));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
