/** A formula: its source until the script that sets it is here, then MathML. */
import { lazy } from "../lazy-import";
import { make } from "./dom";

export function maths(source: string, display: boolean): HTMLElement {
  const element = make("span", { class: display ? "maths display" : "maths", dir: "ltr" }, source);
  lazy("maths").then(
    ({ formula }) => {
      const node = formula(source, display);
      if (node) element.replaceChildren(node);
    },
    () => undefined,
  );
  return element;
}
