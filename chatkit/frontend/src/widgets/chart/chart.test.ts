import { describe, expect, test } from "vitest";
import { curve, type Point } from "./curves";
import { chartData } from "./data";
import { scaleOf } from "./scale";

describe("the value axis", () => {
  test.each([
    [[1200], [0, 500, 1000, 1500]],
    [
      [0.1, 0.3],
      [0, 0.1, 0.2, 0.3],
    ],
    [
      [-30, 70],
      [-50, -25, 0, 25, 50, 75],
    ],
    [[-4], [-4, -3, -2, -1, 0]],
    [[], [0, 0.25, 0.5, 0.75, 1]],
    [
      [0, 0],
      [0, 0.25, 0.5, 0.75, 1],
    ],
  ])("of %j has the ticks %j", (values, ticks) => {
    expect(scaleOf(values).ticks).toEqual(ticks);
  });

  test("places values between its ends", () => {
    const { place } = scaleOf([100]);
    expect([place(0), place(25), place(100)]).toEqual([0, 0.25, 1]);
  });

  test("takes many values", () => {
    expect(scaleOf(Array(200_000).fill(7)).ticks.at(-1)).toBe(8);
  });
});

describe("rows", () => {
  const rows = [
    { month: "may", a: 3, b: -2, c: "4" },
    { month: "june", a: 1, b: 5 },
  ];
  const read = (series: object[], xAxis: unknown = "month") => chartData({ data: rows, series, xAxis });

  test("stack by their group, downwards below zero", () => {
    const found = read([
      { type: "bar", dataKey: "a", stack: "s" },
      { type: "bar", dataKey: "b", stack: "s" },
      { type: "bar", dataKey: "c" },
    ]);
    expect(found?.columns).toBe(2);
    expect(found?.series.map(({ column }) => column)).toEqual([0, 0, 1]);
    expect(found?.series[1]?.spans).toEqual([
      [0, -2],
      [1, 6],
    ]);
    expect(found?.series[2]?.spans).toEqual([[0, 4], null]);
  });

  test("of a stacked area count as nothing where they have no number; lines never stack", () => {
    const found = read([
      { type: "area", dataKey: "a", stack: "s" },
      { type: "area", dataKey: "c", stack: "s" },
      { type: "line", dataKey: "a", stack: "s" },
    ]);
    expect(found?.series[1]?.spans).toEqual([
      [3, 7],
      [1, 1],
    ]);
    expect(found?.series[2]?.spans[0]).toEqual([0, 3]);
  });

  test("have the names that the axis gives them", () => {
    expect(read([], { dataKey: "month", labels: { may: "May" } })?.names).toEqual(["May", "june"]);
    expect(chartData({ data: [], series: [], xAxis: "month" })).toBeNull();
    expect(chartData({ data: rows, series: "none", xAxis: null })).toBeNull();
  });
});

describe("a curve", () => {
  const points: Point[] = [
    [0, 0],
    [10, 10],
    [20, 10],
    [30, 0],
  ];

  test.each([
    ["linear", "M0,0L10,10L20,10L30,0"],
    ["linearClosed", "M0,0L10,10L20,10L30,0Z"],
    ["stepBefore", "M0,0L0,0L0,10L10,10L10,10L10,10L20,10L20,10L20,0L30,0"],
  ])("%s", (kind, path) => {
    expect(curve(points, kind)).toBe(path);
  });

  test("never rises above its points where it is monotone", () => {
    const numbers = (curve(points, "monotone").match(/,[\d.-]+/g) ?? []).map((y) => Number(y.slice(1)));
    expect(Math.max(...numbers)).toBe(10);
    const free = (curve(points, "natural").match(/,[\d.-]+/g) ?? []).map((y) => Number(y.slice(1)));
    expect(Math.max(...free)).toBeGreaterThan(10);
  });

  test.each([
    "basis",
    "basisOpen",
    "basisClosed",
    "bump",
    "bumpX",
    "bumpY",
    "natural",
    "monotoneX",
    "monotoneY",
    "step",
    "unknown",
  ])("%s is drawn for any number of points", (kind) => {
    for (let count = 0; count <= 4; count++) expect(curve(points.slice(0, count), kind)).not.toMatch(/NaN|undefined/);
  });
});
