/** Colours for code, as DOM nodes. Fetched when a message first contains code with a language. */
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const LANGUAGES = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  kotlin,
  markdown,
  php,
  python,
  ruby,
  rust,
  sql,
  swift,
  typescript,
  xml,
  yaml,
};
for (const [name, definition] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, definition);
// Names people write that the definitions do not list themselves.
hljs.registerAliases(["vue", "svelte", "htmldjango", "jinja", "jinja2"], { languageName: "xml" });
hljs.registerAliases(["jsonc", "json5"], { languageName: "json" });
hljs.registerAliases(["shell", "console", "shellsession"], { languageName: "bash" });

interface TreeNode {
  scope?: string;
  children: (TreeNode | string)[];
}

/** The name of a language as people write it ("js" is "JavaScript"); of one that is not known, what was given. */
export function nameOf(language: string): string {
  const { name } = hljs.getLanguage(language) ?? {};
  if (!name) return language;
  // "HTML, XML" is one grammar for several: what was given says which.
  return name.includes(",") ? language.toUpperCase() : name;
}

/** The coloured code, or null for a language we have no grammar for. */
export function highlighted(code: string, language: string): DocumentFragment | null {
  if (!hljs.getLanguage(language)) return null;
  const result = hljs.highlight(code, { language, ignoreIllegals: true });
  // The tree behind the HTML: nodes are made from it, so that code never passes an HTML parser.
  const emitter: object = result._emitter;
  if (!("rootNode" in emitter)) return null;
  const fragment = document.createDocumentFragment();
  append(fragment, emitter.rootNode as TreeNode);
  return fragment.textContent === code ? fragment : null;
}

function append(parent: Node, { children }: TreeNode): void {
  for (const child of children) {
    if (typeof child === "string") {
      parent.appendChild(document.createTextNode(child));
      continue;
    }
    const element = document.createElement("span");
    if (child.scope) element.className = `hl-${child.scope.split(".")[0]}`;
    append(element, child);
    parent.appendChild(element);
  }
}
