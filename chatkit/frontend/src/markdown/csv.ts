/** A table as CSV (RFC 4180), with the words that its reader sees. */
export function csv(table: Element): string {
  return [...table.querySelectorAll("tr")].map((row) => `${[...row.cells].map(field).join(",")}\r\n`).join("");
}

function field(cell: Element): string {
  const copy = cell.cloneNode(true) as Element;
  for (const mark of copy.querySelectorAll(".citation, .hidden")) mark.remove();
  for (const image of copy.querySelectorAll("img")) image.replaceWith(image.alt);
  for (const formula of copy.querySelectorAll("math")) formula.replaceWith(formula.getAttribute("alttext") ?? "");
  for (const end of copy.querySelectorAll("br")) end.replaceWith("\n");
  const text = (copy.textContent ?? "").trim();
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
