import { expect, test } from "vitest";
import { fieldsIn, nameOf, selectField } from "./fields";

const TEXT = "Dear {{ name }}, your {{order}} of {{ name }} {{}} {{a\nb}}";
const FIELDS = fieldsIn(TEXT);

test("fields stand between double braces on one line", () => {
  expect(FIELDS).toEqual(["{{ name }}", "{{order}}", "{{ name }}"]);
  expect(FIELDS.map(nameOf)).toEqual(["name", "order", "name"]);
});

test("one goes through them, forth and back", () => {
  const input = {
    value: TEXT,
    selectionStart: 0,
    selectionEnd: 0,
    focus: () => undefined,
    setSelectionRange(from: number | null, to: number | null) {
      Object.assign(this, { selectionStart: from, selectionEnd: to });
    },
  };
  const seen: number[] = [];
  while (selectField(input, FIELDS)) seen.push(input.selectionStart);
  expect(seen).toEqual([5, 22, 35]);
  while (selectField(input, FIELDS, { back: true })) seen.push(input.selectionStart);
  expect(seen.slice(3)).toEqual([22, 5]);
  expect(selectField(input, ["{{order}}"], { first: true })).toBe(true);
  expect(input.selectionStart).toBe(22);
  expect(selectField(input, [])).toBe(false);
});
