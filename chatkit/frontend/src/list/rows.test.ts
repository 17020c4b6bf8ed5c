import { expect, test } from "vitest";
import { grouped, HEIGHTS, topOf, visible } from "./rows";
import { english } from "./words";

const words = { ...english, today: "Today", yesterday: "Yesterday" };
const now = new Date("2026-11-29T12:00:00");

function row(id: string, at: string, place: "pinned" | "list" = "list") {
  return { id, place, updated_at: new Date(at).toISOString() };
}

test("rows stand under the headings of the reader's own days", () => {
  const rows = [
    row("p", "2026-01-01T10:00:00", "pinned"),
    row("a", "2026-11-29T00:00:00"),
    row("b", "2026-11-28T23:59:59"),
    row("c", "2026-11-22T12:00:00"),
    row("d", "2026-11-01T12:00:00"),
    row("e", "2026-09-05T12:00:00"),
    row("f", "2026-09-01T12:00:00"),
    row("g", "2025-09-01T12:00:00"),
  ];
  const groups = grouped(rows, words, "en", now);
  expect(groups.map(({ label, rows }) => [label, rows.map(({ id }) => id).join("")])).toEqual([
    ["Pinned", "p"],
    ["Today", "a"],
    ["Yesterday", "b"],
    ["Previous 7 days", "c"],
    ["Previous 30 days", "d"],
    ["September 2026", "ef"],
    ["September 2025", "g"],
  ]);
  expect(grouped(rows.slice(5, 6), words, "de", now)[0]?.label).toBe("September 2026");
});

test("of 10,000 rows only those in sight are drawn, and the rest keeps its room", () => {
  const rows = Array.from({ length: 10_000 }, (_, at) =>
    row(String(at), new Date(+now - at * 3_600_000).toISOString()),
  );
  const groups = grouped(rows, words, "en", now);
  const whole = groups.length * HEIGHTS.group + rows.length * HEIGHTS.row;
  for (const from of [0, 60, 20_000, whole - 50]) {
    const found = visible(groups, from, from + 50);
    const drawn = found.groups.flatMap((group) => group.rows);
    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn.length).toBeLessThan(20);
    expect(drawn.map(({ index, row }) => [index, row.id])).toEqual(drawn.map(({ index }) => [index, String(index)]));
    const headings = found.groups.filter(({ label }) => label !== null).length;
    const height = headings * HEIGHTS.group + drawn.length * HEIGHTS.row;
    expect(found.above + height + found.below).toBeCloseTo(whole);
  }
  const first = visible(groups, topOf(groups, "7000") ?? 0, (topOf(groups, "7000") ?? 0) + 1).groups[0];
  expect(first?.rows[0]?.row.id).toBe("7000");
  expect(topOf(groups, "none")).toBeNull();
});
