/** The values of the controls in a form, as they go into an action's payload. */
import { plain } from "../plain";
import { fits } from "./pattern";

export interface FormValues {
  values: Record<string, unknown>;
  /** Names that the payload has already: the form's value is dropped. */
  collisions: string[];
}

/** False, after showing the browser's own message, while a control's value is not allowed. */
export function valid(form: HTMLElement): boolean {
  const controls = [...form.querySelectorAll<HTMLInputElement>("input, textarea, select")];
  return controls.every((control) => {
    const { pattern } = control.dataset;
    // A field that is empty is a matter of `required`; to a pattern, a text of several lines is one line.
    const text = control.value.replace(/[\r\n]/g, "");
    if (pattern) control.setCustomValidity(!text || fits(pattern, text) ? "" : mismatch());
    return control.reportValidity();
  });
}

/** What the browser says of a pattern, in the reader's words: a field says it of one that nobody else wrote. */
function mismatch(): string {
  const field = document.createElement("input");
  field.pattern = "a";
  field.value = "b";
  return field.validationMessage;
}

export function collect(form: HTMLElement, payload: Record<string, unknown>): FormValues {
  const values: Record<string, unknown> = plain(payload);
  const collisions: string[] = [];
  for (const control of form.querySelectorAll<HTMLInputElement>("[data-name]")) {
    const name = control.dataset.name ?? "";
    if (control.disabled || (control.type === "radio" && !control.checked)) continue;
    if (!put(values, name.split("."), controlValue(control))) collisions.push(name);
  }
  return { values, collisions };
}

function controlValue(control: HTMLInputElement): unknown {
  if (control.type === "checkbox") return control.checked;
  if (control.type === "number") return control.value === "" ? null : Number(control.value);
  return control.value;
}

/** Dotted names nest; what is there already stays. */
function put(target: Record<string, unknown>, path: string[], value: unknown): boolean {
  const [head, ...rest] = path as [string, ...string[]];
  if (head === "__proto__" || head === "constructor" || head === "prototype") return false;
  if (!rest.length) {
    if (Object.hasOwn(target, head)) return false;
    target[head] = value;
    return true;
  }
  if (!Object.hasOwn(target, head)) target[head] = {};
  const next = target[head];
  return typeof next === "object" && next !== null ? put(next as Record<string, unknown>, rest, value) : false;
}
