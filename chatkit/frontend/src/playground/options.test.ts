import { expect, test } from "vitest";
import { built, type Field, type Options } from "./options";

const base: Options = {
  theme: {},
  composer: { placeholder: "Ask" },
  startScreen: { prompts: [{ label: "One", prompt: "The first" }] },
};
const field = (path: string, value: Field["value"], changed = true, group?: string): Field => ({
  path,
  value,
  changed,
  ...(group ? { group } : {}),
});

test("what nobody touched stays as it is", () => {
  expect(built(base, [field("composer.placeholder", "", false), field("header.enabled", true, false)], [])).toEqual(
    base,
  );
});

test("a part of the theme is there as a whole, or not at all", () => {
  const accent = "theme.color.accent";
  const own = [field(`${accent}.primary`, "#ff0000", true, accent), field(`${accent}.level`, 2, false, accent)];
  const on = built(base, own, [{ path: accent, on: true, changed: true }]);
  expect(on.theme).toEqual({ color: { accent: { primary: "#ff0000", level: 2 } } });
  expect(built(on, own, [{ path: accent, on: false, changed: true }]).theme).toEqual({});
});

test("a colour is written as it was chosen, and that of the site as the site writes it", () => {
  const accent = "theme.color.accent";
  const site: Options = { theme: { color: { accent: { primary: "RebeccaPurple", level: 1 } } } };
  const whole = [{ path: accent, on: true, changed: false }];
  const fields = (changed: boolean) => [
    field(`${accent}.primary`, "#00ff7f", changed, accent),
    field(`${accent}.level`, 3, true, accent),
  ];
  expect(built(site, fields(false), whole).theme).toEqual({
    color: { accent: { primary: "RebeccaPurple", level: 3 } },
  });
  expect(built(site, fields(true), whole).theme).toEqual({ color: { accent: { primary: "#00ff7f", level: 3 } } });
});

test("rows that say nothing are left out, and half of one stands for the other", () => {
  const fields = [
    field("startScreen.prompts.0.label", "", true),
    field("startScreen.prompts.0.prompt", "", true),
    field("startScreen.prompts.1.label", "Two", true),
    field("startScreen.prompts.1.icon", "info", true),
    field("composer.tools.0.label", "Search", true),
  ];
  const found = built(base, fields, []);
  expect(found.startScreen).toEqual({ prompts: [{ label: "Two", icon: "info", prompt: "Two" }] });
  expect(found.composer).toEqual({
    placeholder: "Ask",
    tools: [{ label: "Search", id: "Search", icon: "settings-slider" }],
  });
});

test("files bring their limit along", () => {
  const fields = [field("composer.attachments.enabled", true), field("composer.attachments.maxCount", 3, false)];
  expect(built(base, fields, [], 7).composer).toEqual({
    placeholder: "Ask",
    attachments: { maxSize: 7, enabled: true, maxCount: 3 },
  });
});
