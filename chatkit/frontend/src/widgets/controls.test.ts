// @vitest-environment happy-dom
import { render } from "lit";
import { describe, expect, test, vi } from "vitest";
import { Entry } from "../state/entry";
import { begun } from "../testing/asked";
import { partOf } from "../testing/part";
import type { ThreadStatus, WidgetNode } from "../wire/protocol";
import { widgetView } from "./root";

type Status = ThreadStatus["type"];

const onAction = vi.fn(async () => undefined);
const OPTIONS = [{ value: "c", label: "Company" }];

/** Draws the last one again. */
let redraw = () => {};

/** A card of these, with a Label "Your field" for each name. */
function drawn(nodes: WidgetNode[], names: string[] = [], card = {}, status: Status = "active"): HTMLElement {
  const { host, conversation } = begun();
  conversation.thread.status = { type: status };
  Object.assign(host.options, { widgets: { onAction } });
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  const root = place.attachShadow({ mode: "open" });
  const labels = names.map((fieldName) => ({ type: "Label", value: "Your field", fieldName }));
  const widget = { type: "Card", ...card, children: [{ type: "Row", children: labels }, ...nodes] };
  const item = partOf<ConstructorParameters<typeof Entry>[0]>({ id: "w 1", type: "widget", widget });
  const ui = Object.assign(host, { conversation, renderRoot: root, widgets: {} });
  const box = document.createElement("div");
  root.append(box);
  const entry = new Entry(item, "done");
  redraw = () => void render(widgetView(partOf(ui), entry, partOf(item)), box);
  redraw();
  return box;
}

/** What the first of these ids names says, else the label of its own. */
function nameOf(box: HTMLElement, control: Element | null): string | null | undefined {
  const id = control?.getAttribute("aria-labelledby");
  const named = id?.split(" ").map((one) => box.querySelector(`[id="${one}"]`)?.textContent);
  return named ? named.join("") : control?.getAttribute("aria-label");
}

const FIELDS: [string, WidgetNode, string][] = [
  ["Input", { type: "Input", name: "a field", placeholder: "Acme" }, "input"],
  ["Textarea", { type: "Textarea", name: "a field", placeholder: "Acme" }, "textarea"],
  ["editable Text", { type: "Text", value: "Acme", editable: { name: "a field" } }, "textarea"],
  ["Select", { type: "Select", name: "a field", placeholder: "Kind", options: OPTIONS }, "select"],
  ["DatePicker", { type: "DatePicker", name: "a field", placeholder: "Day" }, "[type=date]"],
  ["RadioGroup", { type: "RadioGroup", name: "a field", options: OPTIONS }, "[role=radiogroup]"],
  ["Checkbox", { type: "Checkbox", name: "a field" }, "[type=checkbox]"],
];

test.each(FIELDS)("the name of a %s is its Label", (_, node, selector) => {
  const box = drawn([node], ["a field"]);
  expect(nameOf(box, box.querySelector(selector))).toBe("Your field");
});

test.each(FIELDS)("a %s without one has the name that it had", (_, node, selector) => {
  const box = drawn([node], ["another"]);
  expect(box.querySelector("[aria-labelledby]")).toBeNull();
  expect(nameOf(box, box.querySelector(selector))).toBe(node.placeholder ?? "a field");
});

test("a name for assistive technology comes first", () => {
  const box = drawn([{ type: "Input", name: "a", ariaLabel: "Told" }], ["a"]);
  expect(nameOf(box, box.querySelector("input"))).toBe("Told");
});

test("a Label leads to a checkbox that has no words of its own", () => {
  const box = drawn([{ type: "Checkbox", name: "a" }], ["a"]);
  const target = box.querySelector("label[for]")?.getAttribute("for");
  expect(box.querySelector("[type=checkbox]")?.id).toBe(target);
  const other = drawn([{ type: "Checkbox", name: "a", label: "News" }], ["a"]);
  expect(other.querySelector("[type=checkbox]")?.hasAttribute("aria-labelledby")).toBe(false);
});

test("what belongs to a field is called as it is", () => {
  const box = drawn([{ type: "Select", name: "a", options: OPTIONS, searchable: true, clearable: true }], ["a"]);
  expect(box.querySelector("[type=search]")?.getAttribute("aria-label")).toContain("Your field");
  expect(box.querySelector("button")?.getAttribute("aria-label")).toContain("Your field");
});

test("what is filled in into a form comes into no other one that has fields of the same names", () => {
  const one = [
    { type: "Input", name: "note", placeholder: "Note" },
    { type: "Checkbox", name: "news", label: "News" },
    { type: "RadioGroup", name: "kind", options: [...OPTIONS, { value: "p", label: "Person" }] },
  ];
  const box = drawn([1, 2].map((id) => ({ type: "Form", id: `f${id}`, children: one })));
  const [first, second] = [...box.querySelectorAll<HTMLElement>("[data-form]")];
  const control = (form: HTMLElement | undefined, selector: string) =>
    form?.querySelector(selector) as HTMLInputElement;
  const state = (form: HTMLElement | undefined) => [
    control(form, "input").value,
    control(form, "[type=checkbox]").checked,
    control(form, "[value=p]").checked,
  ];
  control(first, "input").value = "Acme";
  control(first, "input").dispatchEvent(new Event("input", { bubbles: true }));
  control(first, "[type=checkbox]").click();
  control(second, "[value=c]").click();
  control(first, "[value=p]").click();
  redraw();
  expect(state(first)).toEqual(["Acme", true, true]);
  expect(state(second)).toEqual(["", false, false]);
  expect(control(second, "[value=c]").checked).toBe(true);
});

test("a Label in a form leads to the field of that form", () => {
  const one = [
    { type: "Label", fieldName: "note", value: "Note" },
    { type: "Input", name: "note" },
  ];
  const box = drawn([1, 2].map(() => ({ type: "Form", children: one })));
  const ids = [...box.querySelectorAll("input")].map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
  expect([...box.querySelectorAll("label")].map((label) => label.htmlFor)).toEqual(ids);
  expect(nameOf(box, box.querySelector("input"))).toBe("Note");
});

test("a Label outside of a form leads to the field inside, unless that has one of its own", () => {
  const own = { type: "Label", fieldName: "note", value: "Own" };
  const field = { type: "Input", name: "note" };
  for (const form of [{ type: "Form" }, { type: "Card", asForm: true }]) {
    const box = drawn([{ ...form, children: [{ type: "Row", children: [field] }] }], ["note"]);
    expect(nameOf(box, box.querySelector("input"))).toBe("Your field");
    expect(box.querySelector("label")?.htmlFor).toBe(box.querySelector("input")?.id);
    const other = drawn([{ ...form, children: [own, field] }, field], ["note"]);
    const fields = [...other.querySelectorAll("input")];
    expect(fields.map((input) => nameOf(other, input))).toEqual(["Own", "Your field"]);
    const [outside, inside] = [...other.querySelectorAll("label")];
    expect([inside?.htmlFor, outside?.htmlFor]).toEqual(fields.map(({ id }) => id));
  }
});

test("a Label in a form names no field of another one", () => {
  const label = { type: "Label", fieldName: "note", value: "Note" };
  const forms = [[label, { type: "Input", name: "note" }], [{ type: "Input", name: "note", placeholder: "Other" }]];
  const box = drawn(forms.map((children) => ({ type: "Form", children })));
  expect([...box.querySelectorAll("input")].map((field) => nameOf(box, field))).toEqual(["Note", "Other"]);
});

describe.each(["locked", "closed"] as const)("in a conversation that is %s", (status) => {
  const ASK = { type: "ask" };
  const PAGE = { type: "show", handler: "client" };
  const form = (onSubmitAction: object, key: string) => {
    const children = [
      { type: "Input", name: key },
      { type: "Button", label: key, submit: true },
    ];
    return { type: "Form", onSubmitAction, children };
  };
  const NODES: WidgetNode[] = [
    { type: "Button", label: "Ask", onClickAction: ASK },
    { type: "Button", label: "Show", onClickAction: PAGE },
    form(ASK, "asked"),
    form(PAGE, "shown"),
    { type: "Checkbox", name: "news", onChangeAction: ASK },
    { type: "ListViewItem", onClickAction: ASK, children: [{ type: "Text", value: "A row" }] },
  ];
  const CARD = { confirm: { label: "Yes", action: ASK }, cancel: { label: "Look", action: PAGE } };
  const off = (box: HTMLElement) =>
    [...box.querySelectorAll<HTMLInputElement>(":disabled, [aria-disabled=true]")].map(
      (one) => one.dataset.name ?? one.textContent?.trim(),
    );

  test("what the server would refuse can't be used, and what the page carries out can", () => {
    expect(off(drawn(NODES, [], CARD))).toEqual([]);
    const box = drawn(NODES, [], CARD, status);
    expect(off(box)).toEqual(["Ask", "asked", "asked", "news", "A row", "Yes"]);
    onAction.mockClear();
    for (const button of box.querySelectorAll("button")) if (button.textContent?.includes("Show")) button.click();
    expect(onAction).toHaveBeenCalledOnce();
  });

  test("a card that is a form is as its action is", () => {
    const fields: WidgetNode[] = [{ type: "Input", name: "a" }];
    expect(off(drawn(fields, [], { ...CARD, asForm: true }, status))).toEqual(["a", "Yes"]);
    expect(off(drawn(fields, [], { confirm: CARD.cancel, asForm: true }, status))).toEqual([]);
  });
});

test.each(["Input", "Textarea"])(
  "a %s leaves the pattern of a model to no browser, and is held to it",
  async (type) => {
    const submit = { type: "Button", label: "Go", submit: true };
    const children = [{ type, name: "code", pattern: "(a+)+b" }, submit];
    const box = drawn([{ type: "Form", onSubmitAction: { type: "save", handler: "client" }, children }]);
    const field = box.querySelector<HTMLInputElement>("[data-name]") as HTMLInputElement;
    expect(field.hasAttribute("pattern")).toBe(false);
    onAction.mockClear();
    const send = () => box.querySelector("button")?.click();
    const fill = (text: string) => {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    send();
    expect(onAction).toHaveBeenCalledOnce(); // with an empty field, which need not be filled in
    await new Promise((later) => setTimeout(later));
    onAction.mockClear();
    fill("a".repeat(40));
    expect(field.validity.customError).toBe(false);
    send();
    expect(field.validity.customError).toBe(true);
    expect(onAction).not.toHaveBeenCalled();
    fill("aab");
    expect(field.validity.customError).toBe(false);
    send();
    expect(onAction).toHaveBeenCalledOnce();
  },
);
