import { expect, test } from "vitest";
import { localId } from "./ids";

test("each id is another, even within one millisecond", () => {
  const ids = Array.from({ length: 500 }, localId);
  expect(new Set(ids).size).toBe(500);
  expect(ids.every((id) => id.startsWith("local-"))).toBe(true);
});
