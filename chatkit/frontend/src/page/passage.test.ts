// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { findPassage, namedPassage, namedSection, sectionOf } from "./passage";

function found(html: string, href: string): string | null {
  const box = document.createElement("div");
  box.innerHTML = html;
  const passage = namedPassage(href);
  return passage && (findPassage(box, passage)?.toString() ?? null);
}

const HTML =
  "<h2>Returns</h2><p>Open the <b>invoice</b> and\n choose More &gt; Return, then Confirm.</p><p>It is kept.</p>";

test.each([
  ["/help/returns/#credit:~:text=Open%20the%20invoice", "Open the invoice"],
  ["/help/returns/#:~:text=open%20the,then%20Confirm.", "Open the invoice and\n choose More > Return, then Confirm."],
  ["/help/returns/#:~:text=Returns-,Open%20the,-invoice", "Open the"],
  ["/help/returns/#:~:text=nowhere", null],
  ["/help/returns/#credit", null],
  ["/help/returns/#:~:text=%E0%A4", null],
])("%s", (href, passage) => {
  expect(found(HTML, href)).toBe(passage);
});

test.each([
  ["#credit", "credit"],
  ["#cr%C3%A9dit:~:text=Open", "crédit"],
  ["#50%", "50%"],
  ["", ""],
])("the section of %s", (hash, id) => {
  expect(namedSection(`https://shop.example/help/returns/${hash}`)).toBe(id);
});

test("a section ends where the next one begins", () => {
  const box = document.createElement("div");
  box.innerHTML = `<h1>A</h1><p>one</p><h2>B</h2><p>two</p><ul><li>three</li></ul><h3>C</h3><p>four</p>`;
  const [first, second] = box.querySelectorAll("h1, h2");
  expect([first, second].map((heading) => heading && sectionOf(heading).toString())).toEqual(["Aone", "Btwothree"]);
});

test("an end that does not come is no passage", () => {
  expect(found(HTML, "/#:~:text=kept,nowhere")).toBe(null);
});
