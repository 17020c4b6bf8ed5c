import { expect, test } from "vitest";
import { spoken } from "./spoken";

test.each([
  ["# Returns\n\nSend it **back** within _30_ days.", "Returns Send it back within _30_ days."],
  ["- one\n- [x] two\n1. three", "one two three"],
  ['See [the guide](https://x.example/a "Guide") and ![a cup](cup.png).', "See the guide and a cup."],
  ["```python\nprint(1)\n```", "print(1)"],
  ["| Name | Size |\n| --- | ---: |\n| Cup | 3 |", "Name Size Cup 3"],
  ["> *quoted* `code` ~~old~~", "quoted code old"],
  ["2 * 3 * 4 - 1", "2 * 3 * 4 - 1"],
])("%j is read as %j", (markdown, words) => {
  expect(spoken(markdown)).toBe(words);
});

test("a line of dashes that is no rule holds nothing up", () => {
  const from = performance.now();
  spoken(`${"-".repeat(3990)}x`);
  expect(performance.now() - from).toBeLessThan(3000);
});
