/** A formula: its source until the script that sets it is here, then MathML. */
import { lazy } from "../lazy-import";
import { make } from "./dom";

/** The source alone. */
export function unset(source: string, display: boolean): HTMLElement {
  return make("span", { class: display ? "maths display" : "maths", dir: "ltr" }, source);
}

export function maths(source: string, display: boolean): HTMLElement {
  const element = unset(source, display);
  lazy("maths").then(
    ({ formula }) => {
      const node = formula(source, display);
      if (node) element.replaceChildren(node);
    },
    () => undefined,
  );
  return element;
}
