/** The tree of a line: its type, its text, and how it is made of what was found in the line. */
import type { Delimiter, EmphasisTag } from "./emphasis";
import type { Definition } from "./references";

const MAX_DEPTH = 100;

export type Inline =
  | { type: "text" | "html" | "code"; text: string }
  | { type: "break" }
  | { type: EmphasisTag; children: Inline[] }
  | ({ type: "link"; children: Inline[]; auto?: boolean } & Definition)
  | ({ type: "image"; alt: string } & Definition)
  | { type: "formula"; source: string; display: boolean }
  | { type: "citation"; group: number };

/** What is found in a line: pieces of the tree, and what may yet become emphasis or a link. */
export type Token = Inline | Delimiter | { type: "bracket"; text: string };

/** The text that is left of a tree without its marks. */
export function plain(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if ("children" in node) return plain(node.children);
      if ("text" in node) return node.text;
      if (node.type === "image") return node.alt;
      if (node.type === "formula") return node.source;
      return node.type === "break" ? "\n" : "";
    })
    .join("");
}

/** The text that tells a tree's direction: code, formulas and HTML have one of their own, and so have links. */
export function prose(nodes: readonly Inline[], links = false): string {
  return nodes
    .map((node) => {
      if (node.type === "text") return node.text;
      return "children" in node && (links || node.type !== "link") ? prose(node.children, links) : " ";
    })
    .join("");
}

/** What a link holds: addresses in it are text, and marks of sources, which are links too, go behind it. */
export function linkText(nodes: readonly Inline[], citations: Inline[]): Inline[] {
  return nodes.flatMap((node): Inline[] => {
    if (node.type === "citation") {
      citations.push(node);
      return [];
    }
    if (node.type === "link") return node.auto ? node.children : [node];
    return "children" in node ? [{ ...node, children: linkText(node.children, citations) }] : [node];
  });
}

/** Tokens whose delimiters are paired, as a tree. */
export function tree(tokens: readonly Token[]): Inline[] {
  const stack: Inline[][] = [[]];
  let tooDeep = 0;
  const add = (node: Inline) => {
    const list = stack.at(-1) as Inline[];
    const last = list.at(-1);
    if (node.type === "text" && last?.type === "text") last.text += node.text;
    else list.push(node.type === "text" ? { ...node } : node);
  };
  for (const token of tokens) {
    if (token.type === "bracket") add({ type: "text", text: token.text });
    else if (token.type !== "delimiter") add(token);
    else {
      for (const _ of token.ends) {
        if (tooDeep) tooDeep--;
        else stack.pop();
      }
      if (token.count) add({ type: "text", text: token.mark.repeat(token.count) });
      for (const type of token.begins) {
        if (stack.length > MAX_DEPTH) {
          tooDeep++;
          continue;
        }
        const children: Inline[] = [];
        add({ type, children });
        stack.push(children);
      }
    }
  }
  return stack[0] as Inline[];
}
