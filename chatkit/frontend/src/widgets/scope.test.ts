import { describe, expect, test } from "vitest";
import { Parts } from "./scope";

describe("a widget", () => {
  test("has so many parts", () => {
    const parts = new Parts();
    parts.take(5000);
    expect(() => parts.take()).toThrow(RangeError);
  });

  test("is so deep, and as wide as it has parts", () => {
    const parts = new Parts();
    const nest = (depth: number): number => (depth ? parts.inside(() => nest(depth - 1)) : 0);
    for (let row = 0; row < 10; row++) nest(100);
    expect(() => nest(101)).toThrow(RangeError);
  });
});
