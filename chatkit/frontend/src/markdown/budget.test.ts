// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { TextPart } from "../state/text-part";
import { context, cut, html, seeded, viewed } from "../testing/drawn";
import { en } from "../translations/en";
import type { Block } from "./block";
import { BlockParser } from "./blocks";
import { MAX_COST, MAX_NESTING, MAX_TIME, MAX_TIME_TOGETHER, SLICE } from "./budget";
import { MarkdownView } from "./view";

const lines = (count: number, line: string) => Array.from({ length: count }, () => line).join("\n");

/** Text that would make too much of itself. */
const HOSTILE: [name: string, text: string][] = [
  ["quotes", `${">".repeat(2000)} deep`],
  ["emphasis", "*".repeat(6000)],
  ["pairs of emphasis", "*a _b ".repeat(4000) + "c_ d* ".repeat(4000)],
  ["unclosed emphasis in lines", lines(8000, "**a")],
  ["a table of 300 columns", lines(20, "|a".repeat(300)).replace("\n", `\n${"|-".repeat(300)}\n`)],
  ["a table of ragged rows", `${"|a".repeat(100)}\n${"|-".repeat(100)}\n${lines(2000, "|b|")}`],
  ["links that never end", "[a](".repeat(12_500)],
  ["one definition, used often", `[a]: /x\n\n${"[a] ".repeat(10_000)}`],
  ["lists in lists", lines(300, `${"- ".repeat(30)}x`)],
  ["quotes in lists", ">- ".repeat(3000)],
  ["formulas", "$x^2$ ".repeat(5000)],
  ["fences", lines(9000, "```\nx\n```")],
  ["a fence of many lines", `\`\`\`\n${lines(60_000, "x")}`],
  ["one word", "x".repeat(100_000)],
  ["line breaks", lines(60_000, "x")],
  ["letters of both directions", lines(2000, "a א ".repeat(20))],
];

/** What is read of a text. */
function read(pieces: string[]): BlockParser {
  const parser = new BlockParser();
  for (const piece of pieces) {
    if (parser.waits(piece)) continue;
    parser.write(piece);
    parser.preview();
  }
  parser.finish();
  return parser;
}

function count({ cells, children }: Block): number {
  return children.reduce((sum, child) => sum + count(child), 1 + cells.length);
}

function depth({ children }: Block): number {
  return children.reduce((deepest, child) => Math.max(deepest, 1 + depth(child)), 0);
}

function told(block: Block): string {
  return JSON.stringify(block, (key, value) => (key === "parent" || key === "nesting" ? undefined : value));
}

// The time alone is no part of what is counted.
beforeEach(async () => {
  await new Promise((done) => setTimeout(done));
  vi.spyOn(performance, "now").mockReturnValue(0);
});

describe("a text that costs too much", () => {
  test.each(HOSTILE)("is read as far as it may be, in pieces as at once: %s", (_name, text) => {
    const whole = read([text]);
    expect(count(whole.root)).toBeLessThan(MAX_COST / 2);
    expect(depth(whole.root)).toBeLessThanOrEqual(2 * MAX_NESTING);
    const rest = whole.plain?.join("") ?? "";
    expect(text.endsWith(rest)).toBe(true);
    const streamed = read(cut(text, Math.max(40, text.length / 500), seeded(5)));
    expect(streamed.plain?.join("") ?? "").toBe(rest);
    expect(told(streamed.root)).toBe(told(whole.root));
  });

  test.each([
    ["a long line", "word ".repeat(3900)],
    ["a paragraph that is never settled", lines(4000, "**a")],
    ["links that never end", "[a](".repeat(4900)],
  ])("is not drawn again for each piece: %s", (_name, text) => {
    expect(viewed(cut(text, 40, seeded(6))).read).toBeLessThan(80 * text.length);
  });

  test("goes on plainly, whole, and once with a word about it", () => {
    const rest = "one 😀 two ".repeat(2100);
    const { container } = viewed(cut(`**Before**\n\n${rest}`, 4000, seeded(7)));
    expect(container.querySelector("strong")?.textContent).toBe("Before");
    const [word, ...pieces] = container.querySelector(".plain")?.children ?? [];
    expect(word?.textContent).toBe(en.plainRest);
    expect(pieces.map(({ textContent }) => textContent).join("")).toBe(rest);
    expect(Math.max(...pieces.map(({ textContent }) => textContent?.length ?? 0))).toBeLessThan(5000);
  });

  test("stops where its time is over", () => {
    let now = 0;
    vi.mocked(performance.now).mockImplementation(() => {
      now += MAX_TIME + 1;
      return now;
    });
    const { container } = viewed([`a b\n\n~~~\n${lines(1 + SLICE / 1000, "x".repeat(1000))}`]);
    expect(container.querySelector("p")?.textContent).toBe("a b");
    expect(container.querySelector(".plain")?.textContent).toContain(en.plainRest);
  });

  test("stops where the time of all texts is over, which begins anew with each task", async () => {
    let now = 0;
    vi.mocked(performance.now).mockImplementation(() => {
      now += MAX_TIME_TOGETHER / 40;
      return now;
    });
    const plain = (text: string) => viewed([text]).container.querySelector(".plain") !== null;
    const long = `~~~\n${lines(1 + SLICE / 1000, "x".repeat(1000))}`;
    const found = Array.from({ length: 25 }, () => plain(long));
    expect([found.at(0), found.at(-1)]).toEqual([false, true]);
    expect(plain("short")).toBe(false);
    await new Promise((done) => setTimeout(done));
    expect(plain(long)).toBe(false);
  });

  test("is drawn again whole when a shorter one takes its place", () => {
    const part = new TextPart({ type: "output_text", text: "x".repeat(50_000) });
    const view = new MarkdownView();
    view.update(part, context);
    part.replace({ type: "output_text", text: "*short*" });
    view.update(part, context);
    expect(html(view.container)).toContain("<em>short</em>");
    expect(view.container.querySelector(".plain")).toBeNull();
  });
});

describe("a text that can't be drawn", () => {
  const strings = {
    ...en,
    get table(): string {
      throw new TypeError("broken");
    },
  };
  const TABLE = "Before\n\n|a|\n|-|\n|b|\n";

  test("is shown as it is written, with a word about it", () => {
    const part = new TextPart({ type: "output_text", text: TABLE });
    const view = new MarkdownView();
    view.update(part, { ...context, strings });
    expect(view.container.textContent?.replace(/\s/g, "")).toBe(`${en.plainMessage}Before|a||-||b|`.replace(/\s/g, ""));
  });

  test("goes on as it comes", () => {
    const part = new TextPart();
    const view = new MarkdownView();
    const broken = { ...context, strings };
    for (const piece of [TABLE, "and", " more"]) {
      part.append(piece);
      view.update(part, broken);
    }
    part.finish();
    view.update(part, broken);
    expect(view.container.querySelectorAll(".plain-word")).toHaveLength(1);
    expect(view.container.textContent).toMatch(/and more$/);
  });
});
