// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { runsOf } from "../direction";
import { deeplink } from "../links";
import { drawn } from "../testing/drawn";
import { speech } from "../voice/speech";
import { english } from "../voice/words";
import { autolinkAt } from "./autolinks";
import { costOf } from "./budget";
import { isDisplayed } from "./formulas";
import { fence, heading } from "./starts";
import { alignments } from "./table";

const many = (text: string) => text.repeat(100_000 / text.length);

/** What a model may write to freeze the page: a pattern that tries each way to read it takes seconds. */
test.each<[string, () => unknown]>([
  ["a table's second line", () => alignments(`|-${many(" ")}x`)],
  ["a heading", () => heading(`# x${many(" ")}x`)],
  ["a fence", () => fence(`${many("`")}x\``, 0)],
  ["a formula", () => isDisplayed(many("a"))],
  ["a line in two scripts", () => costOf(many("א"))],
  ["an address of mail", () => autolinkAt(`a@b.c${many("-")}x`, 0)],
  ["a host with ports", () => autolinkAt(`https://x${many(":1é")}.`, 0)],
  ["a link to the page", () => deeplink(`chatkit-link://${many("/")}x`)],
  ["dots among words from right to left", () => runsOf(`א a${many(".")}x`, "rtl")],
  ["brackets among words from right to left", () => runsOf(`א ${many("(").repeat(6)}x`, "rtl")],
  ["brackets of formulas, to a voice", () => speech(many("\\[").repeat(4), english)],
])("%s is read at once", (_, read) => {
  const from = performance.now();
  read();
  expect(performance.now() - from).toBeLessThan(3000);
});

test("empty lines in indented code take no longer than others", () => {
  const from = performance.now();
  drawn(`    x${"\n".repeat(50_000)}    x`);
  expect(performance.now() - from).toBeLessThan(3000);
});
