// @vitest-environment happy-dom
import { html, render } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { describe, expect, test } from "vitest";
import { contained } from "./contained";

/** What JSON can say and no template can hold. */
const HOSTILE: unknown[] = [
  { toString: 1, valueOf: 1 },
  { nodeType: 1 },
  { _$litType$: 1, strings: ["<img src=x onerror=alert(1)>"], values: [] },
  { _$litType$: { h: ["<b>x</b>"], parts: [] }, values: [] },
  { _$litDirective$: 1, values: [] },
];

function list(values: unknown[], into: HTMLElement): void {
  const rows = values.map((value, index) => ({ value, index }));
  const row = (value: unknown) => html`<p>before ${value}</p>`;
  render(
    html`<div>
      ${repeat(
        rows,
        ({ index }) => index,
        ({ value }) =>
          contained(
            [value],
            () => row(value),
            () => html`<i>plain</i>`,
          ),
      )}
    </div>`,
    into,
  );
}

function shown(into: HTMLElement): string {
  return [...into.querySelectorAll("p, i, b, img")].map(({ textContent }) => textContent?.trim()).join(" | ");
}

describe("what can't be drawn", () => {
  test.each(HOSTILE.map((value) => [JSON.stringify(value), value] as const))(
    "takes nothing else down: %s",
    (_name, value) => {
      const into = document.createElement("div");
      list(["one", value, "three"], into);
      expect(shown(into)).toBe("before one | plain | before three");
      // Drawn before, and broken now.
      list([value, "two", value], into);
      expect(shown(into)).toBe("plain | before two | plain");
      list(["one", "two", "three"], into);
      expect(shown(into)).toBe("before one | before two | before three");
      list(["one"], into);
      expect(shown(into)).toBe("before one");
    },
  );

  test("leaves nothing of what stood there before, and nothing of itself", () => {
    const into = document.createElement("div");
    const either = (own: boolean) => {
      const draw = () => html`<i>two</i>`;
      render(html`<div>${own ? contained(null, draw, draw) : html`<p>one</p>`}</div>`, into);
      return into.querySelector("div")?.innerHTML.replace(/<!--.*?-->/g, "");
    };
    expect([false, true, true, false, true].map(either)).toEqual([
      "<p>one</p>",
      "<i>two</i>",
      "<i>two</i>",
      "<p>one</p>",
      "<i>two</i>",
    ]);
  });

  test("is drawn again only when something has changed", () => {
    const into = document.createElement("div");
    let times = 0;
    const draw = () => {
      times++;
      throw new Error("broken");
    };
    const once = (value: unknown) =>
      render(
        contained([value], draw, () => "plain"),
        into,
      );
    once(1);
    once(1);
    once(2);
    expect(times).toBe(2);
    expect(into.textContent).toBe("plain");
  });
});
