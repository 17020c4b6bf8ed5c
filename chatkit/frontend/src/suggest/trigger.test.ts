import { describe, expect, test } from "vitest";
import { matches, type Sign, triggerAt } from "./trigger";

const BOTH: Sign[] = ["/", "@"];

function found(text: string, signs = BOTH): string | null {
  const caret = text.includes("|") ? text.indexOf("|") : text.length;
  const trigger = triggerAt(text.replace("|", ""), caret, signs);
  return trigger && `${trigger.sign}${trigger.at}:${trigger.query}`;
}

describe("a sign", () => {
  test.each([
    ["/", "/0:"],
    ["Say /hel", "/4:hel"],
    ["@Ada Love", "@0:Ada Love"],
    ["(@ada", "@1:ada"],
    ["問い@山", "@2:山"],
    ["two\n/x", "/4:x"],
    ["@ada| and more", "@0:ada"],
    ["@one @two", "@5:two"],
  ])("opens a menu in %j", (text, trigger) => expect(found(text)).toBe(trigger));

  test.each(["", "a@b", "ann.o-x+1@b.org", "and/or", "https://x.org/y", "/ ", "@ ", "/x\n", `@${"x".repeat(80)}`])(
    "opens none in %j",
    (text) => expect(found(text)).toBeNull(),
  );

  test("opens none that the page has nothing for", () => {
    expect(found("@ada", ["/"])).toBeNull();
    expect(found("/ada", [])).toBeNull();
  });
});

test.each([
  ["foll", "Follow up", true],
  ["UP fo", "Follow up", true],
  ["angstrom", "Ångström", true],
  ["down", "Follow up", false],
  ["", "Anything", true],
])("%j in %j", (query, text, fits) => expect(matches(query, text)).toBe(fits));
