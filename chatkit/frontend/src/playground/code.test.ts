import { expect, test } from "vitest";
import { base, changed, site } from "../testing/playground";
import { chatkit, type Site, script, settings, tag } from "./code";
import type { Options } from "./options";

test("the settings name what is other than the site's, a theme as a whole, and keep what the site has set", () => {
  expect(chatkit(site, base)).toEqual({});
  expect(chatkit(site, changed())).toEqual({
    TITLE: 'Ask "us"',
    THEME: { colorScheme: "dark" },
    OPTIONS: {
      thread: { autoScroll: false },
      history: { enabled: false },
      header: { enabled: true },
      composer: {
        placeholder: "¿Qué?\u2028</script>",
        tools: [{ id: "search", label: "Search", icon: "search" }],
      },
    },
    ATTACHMENTS: { scanner: "my.scanner", enabled: true, max_count: 2 },
  });
});

test("files that are switched off are off in the settings", () => {
  const without = { ...base, composer: { placeholder: "Ask a question" } };
  expect(chatkit(site, without)).toEqual({ ATTACHMENTS: { scanner: "my.scanner", enabled: false } });
});

test("a workflow's own title and theme are changed in its entry, where the site's would do nothing", () => {
  const own: Site = { ...site, own: ["title", "theme"] };
  const found = chatkit(own, { ...base, frameTitle: "Orders", theme: { radius: "pill" } });
  expect(found).toEqual({ WORKFLOWS: { wf_1: { title: "Orders", theme: { radius: "pill" } } } });
  expect(chatkit({ ...site, own: ["theme"] }, { ...base, frameTitle: "Orders" })).toEqual({ TITLE: "Orders" });
  const code = settings(own, { ...base, frameTitle: "Orders" });
  expect(code).toContain('    # Beside its rest.\n    "WORKFLOWS": {"wf_1": {"title": "Orders"}},\n');
});

test("OPTIONS no longer say what would win over the settings", () => {
  const above = { frameTitle: "A", theme: { density: "compact" }, composer: { attachments: {}, placeholder: "P" } };
  const found = chatkit({ ...site, options: above }, changed());
  expect(found).toMatchObject({ TITLE: 'Ask "us"', THEME: { colorScheme: "dark" }, ATTACHMENTS: { max_count: 2 } });
  expect(found.OPTIONS).not.toHaveProperty("frameTitle");
  expect(found.OPTIONS).not.toHaveProperty("theme");
  expect(found.OPTIONS).not.toHaveProperty("composer.attachments");
  expect(chatkit({ ...site, options: { frameTitle: "A" } }, { ...base, frameTitle: "B" })).toEqual({
    TITLE: "B",
    OPTIONS: {},
  });
});

test("settings are written as Python", () => {
  const code = settings(site, changed());
  expect(code).toContain("# Beside the rest.\nCHATKIT = {\n");
  expect(code).toContain('"history": {"enabled": False}');
  expect(code).toContain('"TITLE": "Ask \\"us\\"",');
  expect(code).not.toContain("\u2028");
  expect(settings(site, base)).toBe("# Nothing yet.\nCHATKIT = {}\n");
});

test("the tag names a workflow that is not the default", () => {
  expect(tag(site)).toBe("{% load chatkit %}\n{% chatkit %}\n");
  expect(tag({ ...site, named: true })).toContain('{% chatkit workflow_id="wf_1" %}');
});

test("JavaScript sets the same options, with functions for the buttons", async () => {
  const set: Options[] = [];
  const element = { setOptions: (options: Options) => set.push(options) };
  const page = { createElement: () => element, querySelector: () => ({ append: () => {} }), cookie: "" };
  const registry = { whenDefined: () => Promise.resolve() };
  new Function("document", "customElements", script(site, changed()))(page, registry);
  await Promise.resolve();
  const [given] = set;
  expect(typeof (given?.api as { getClientSecret: unknown } | undefined)?.getClientSecret).toBe("function");
  expect(JSON.parse(JSON.stringify({ ...given, api: undefined }))).toEqual({
    ...changed(),
    history: { enabled: false },
    startScreen: { prompts: [] },
  });
  expect(script(site, changed())).not.toContain("</script>");
});
