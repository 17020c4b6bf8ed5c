// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { csv } from "./csv";

function table(...rows: string[][]): HTMLTableElement {
  const made = document.createElement("table");
  made.innerHTML = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("");
  return made;
}

test("fields are quoted where they must be, lines end as RFC 4180 says", () => {
  expect(csv(table(["Name", "Total"], ['Ada "the first"', "1,200.50"], ["two<br>lines", " x "]))).toBe(
    'Name,Total\r\n"Ada ""the first""","1,200.50"\r\n"two\nlines",x\r\n',
  );
});

test("it is what the reader sees: no marks of sources, pictures and formulas by their words", () => {
  const mark = '<sup class="citation"><a>1</a></sup>';
  const cells = [`Paid${mark}`, '<img alt="A chart">', '<math alttext="x^2"><mi>x</mi></math>', "=1+1"];
  expect(csv(table(cells))).toBe("Paid,A chart,x^2,=1+1\r\n");
});
