/** What the launcher is made of, and small helps. */
import type { Words } from "./config";

const SVG = "http://www.w3.org/2000/svg";
// Lucide's: x, maximize-2.
const CLOSE = "M18 6 6 18M6 6l12 12";
const WIDEN = "M15 3h6v6M21 3l-7 7M3 21l7-7M9 21H3v-6";

export interface Parts {
  open: HTMLButtonElement;
  dot: HTMLElement;
  told: HTMLElement;
  greeting: HTMLElement;
  dialog: HTMLDialogElement;
  close: HTMLButtonElement;
  wait: HTMLElement;
  all: Node[];
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function icon(shape: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shape);
  svg.append(path);
  return svg;
}

export function build(words: Words, page: string, greeting: string): Parts {
  const named = (label: string) => ({ "aria-label": label, title: label });
  const button = (attributes: Record<string, string>, ...children: (Node | string)[]) =>
    make("button", { type: "button", ...attributes }, ...children);
  const dot = make("span", { class: "dot", hidden: "" });
  const open = button(
    { class: "open", "aria-haspopup": "dialog", "aria-expanded": "false" },
    make("slot", { name: "icon" }),
    icon(CLOSE),
    dot,
  );
  const told = make("span", { class: "told", role: "status" });
  const close = button({ class: "icon", ...named(words.close) }, icon(CLOSE));
  const wait = make("div", { class: "wait", role: "status" });
  const dialog = make(
    "dialog",
    { "aria-label": words.title, tabindex: "-1" },
    make(
      "div",
      { class: "bar" },
      make("h2", {}, words.title),
      make("a", { class: "icon", href: page, ...named(words.page) }, icon(WIDEN)),
      close,
    ),
    make("div", { class: "body" }, wait, make("slot")),
  );
  const said = make(
    "div",
    { class: "greeting", hidden: "" },
    button({}, greeting),
    button({ class: "icon", ...named(words.close) }, icon(CLOSE)),
  );
  return { open, dot, told, greeting: said, dialog, close, wait, all: [dialog, said, open, told] };
}

/** Black or white, whatever can be read better on this colour (as a browser computes one). */
export function readableOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part, at) => {
    const share = Number(part) / (colour.startsWith("rgb") ? 255 : 1);
    return at > 2 ? 0 : share <= 0.04 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // Icons need 3 : 1: white where it has that.
  return 1.05 / (light + 0.05) >= 3 ? "#ffffff" : "#000000";
}
