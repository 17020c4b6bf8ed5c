/** The form: what its controls say, and how that is kept in the page's address. */
import type { Field, Switch } from "./options";

type Control = HTMLInputElement | HTMLSelectElement;

export function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>("input, select")];
}

const isBox = (control: Control): control is HTMLInputElement => control.type === "checkbox";

function changed(control: Control): boolean {
  if (isBox(control)) return control.checked !== control.defaultChecked;
  if (control instanceof HTMLInputElement) return control.value !== control.defaultValue;
  return control.value !== initial(control);
}

function initial(select: HTMLSelectElement): string {
  const options = [...select.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value ?? "";
}

function said(control: Control): string | number | boolean {
  if (isBox(control)) return control.checked;
  if (control.dataset.number === undefined || control.value === "") return control.value;
  const [min, max] = ["min", "max"].map((name) => control.getAttribute(name));
  const number = Number(control.value);
  return min && max ? Math.min(Math.max(Math.round(number), Number(min)), Number(max)) : number;
}

export function fields(form: HTMLFormElement): Field[] {
  return controlsOf(form)
    .filter((control) => control.dataset.path)
    .map((control) => ({
      path: control.dataset.path ?? "",
      value: said(control),
      changed: changed(control),
      ...(control.dataset.with ? { group: control.dataset.with } : {}),
    }));
}

export function switches(form: HTMLFormElement): Switch[] {
  return controlsOf(form)
    .filter((control) => control.dataset.switch)
    .map((control) => ({
      path: control.dataset.switch ?? "",
      on: (control as HTMLInputElement).checked,
      changed: changed(control),
    }));
}

/** Lets the controls of a part be used where the part is there, and writes the numbers of sliders. */
export function follow(form: HTMLFormElement): void {
  for (const { path, on } of switches(form)) {
    for (const control of controlsOf(form)) if (control.dataset.with === path) control.disabled = !on;
  }
  for (const output of form.querySelectorAll("output")) {
    const control = output.previousElementSibling;
    if (control instanceof HTMLInputElement) output.value = control.value;
  }
}

/** Writes what was changed into the address, so that a reload and a link keep it. */
export function keep(form: HTMLFormElement): void {
  const kept = new URLSearchParams();
  for (const control of controlsOf(form)) {
    if (changed(control)) kept.set(control.name.slice(4), isBox(control) ? String(control.checked) : control.value);
  }
  const hash = kept.size ? `#${kept}` : "";
  history.replaceState(null, "", `${location.pathname}${location.search}${hash}`);
}

/** Reads it again. An address is anybody's: only what a control can say is taken. */
export function recall(form: HTMLFormElement): void {
  const kept = new URLSearchParams(location.hash.slice(1));
  for (const control of controlsOf(form)) {
    const value = kept.get(control.name.slice(4));
    if (value === null) continue;
    if (isBox(control)) control.checked = value === "true";
    else if (control instanceof HTMLInputElement || [...control.options].some((option) => option.value === value)) {
      control.value = value;
    }
  }
}
