/** Values as they are written in Python and in JavaScript. */
import type { Json } from "./options";

const WIDTH = 88;

interface Language {
  words: Record<"true" | "false" | "null", string>;
  key(name: string): string;
  text(value: string): string;
}

// A text of JSON is one of Python, too. Half of a pair and line separators are written as escapes in both.
const text = (value: string): string =>
  JSON.stringify(value).replace(/[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, escaped);
const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

const PYTHON: Language = { words: { true: "True", false: "False", null: "None" }, key: text, text };
const JAVASCRIPT: Language = {
  words: { true: "true", false: "false", null: "null" },
  key: (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name)),
  // Such a script may stand inside a page.
  text: (value) => text(value).replace(/<(?=[/!])/g, "\\u003c"),
};

export const python = (value: Json, indent = 0): string => literal(value, PYTHON, indent, 4);
export const javascript = (value: Json, indent = 0): string => literal(value, JAVASCRIPT, indent, 2);

/** On one line where it fits, else a line for each part. */
function literal(value: Json, language: Language, indent: number, step: number): string {
  if (typeof value === "string") return language.text(value);
  if (value === null || value === undefined) return language.words.null;
  if (typeof value !== "object") return typeof value === "number" ? String(value) : language.words[`${value}`];
  const list = Array.isArray(value);
  const [open, close] = list ? "[]" : "{}";
  const space = !list && step === 2 ? " " : "";
  const parts = (deeper: number): string[] =>
    list
      ? value.map((part) => literal(part, language, deeper, step))
      : Object.entries(value)
          .filter(([, part]) => part !== undefined)
          .map(([name, part]) => `${language.key(name)}: ${literal(part, language, deeper, step)}`);
  const inner = parts(indent + step);
  if (!inner.length) return `${open}${close}`;
  const line = `${open}${space}${inner.join(", ")}${space}${close}`;
  if (!line.includes("\n") && indent + line.length <= WIDTH && inner.length <= 4) return line;
  const margin = " ".repeat(indent + step);
  return `${open}\n${inner.map((part) => `${margin}${part},\n`).join("")}${" ".repeat(indent)}${close}`;
}
