import type { Token, Tokens } from "marked";
import { describe, expect, test } from "vitest";
import { citationMark, type Links, lex, withoutMarks } from "./lexer";

function types(source: string): string[] {
  return lex(source, {}).map(({ type }) => type);
}

/** The tokens inside the first paragraph. */
function inline(source: string): Token[] {
  return (lex(source, {})[0] as Tokens.Paragraph).tokens;
}

function formulas(source: string): unknown[] {
  return inline(source)
    .filter(({ type }) => type === "maths")
    .map((token) => [(token as { text?: string }).text, (token as { display?: boolean }).display]);
}

describe("formulas", () => {
  test.each([
    ["$$\nx^2\n$$", "x^2"],
    ["\\[\nx^2\n\\]", "x^2"],
    ["$$x^2$$\n", "x^2"],
  ])("%j is a block of its own", (source, text) => {
    expect([...lex(source, {})]).toMatchObject([{ type: "maths", text, display: true }]);
  });

  test.each([
    ["so $x$ is", [["x", false]]],
    ["so \\(x + y\\) is", [["x + y", false]]],
    ["so $$x$$ is", [["x", true]]],
    [
      "$a$ and $b$",
      [
        ["a", false],
        ["b", false],
      ],
    ],
    ["so $a \\$ b$ is", [["a \\$ b", false]]],
  ])("%j holds one in the line", (source, expected) => {
    expect(formulas(source)).toEqual(expected);
  });

  test.each(["$5 and $6", "it costs $ 5 $", "US$5, CA$6", "a $b\nc$ d", "100$"])(
    "%j holds none: it is money",
    (source) => {
      expect(formulas(source)).toEqual([]);
    },
  );

  test("in code are code", () => {
    expect(inline("`$x$`")).toMatchObject([{ type: "codespan", text: "$x$" }]);
    expect(types("```\n$$x$$\n```")).toEqual(["code"]);
  });
});

describe("citation marks", () => {
  test("become tokens with the number of their group", () => {
    expect(inline(`So.${citationMark(12)} Next`)).toMatchObject([
      { type: "text" },
      { type: "citation", group: 12 },
      { type: "text" },
    ]);
  });

  test("leave the emphasis before them as it is", () => {
    expect(inline(`**So**${citationMark(0)} *it*${citationMark(1)} is`).map(({ type }) => type)).toEqual([
      "strong",
      "citation",
      "text",
      "em",
      "citation",
      "text",
    ]);
  });

  test("are taken out where the source is shown as it is", () => {
    expect(withoutMarks(`a${citationMark(0)}b${citationMark(21)}`)).toBe("ab");
    expect(withoutMarks("a ⸨ b")).toBe("a ⸨ b");
  });
});

test("a link's address may come in an earlier piece than the link", () => {
  const links: Links = {};
  lex("[help]: https://x.example/a\n", links);
  const [paragraph] = lex("See [help].", links) as Tokens.Paragraph[];
  expect(paragraph?.tokens[1]).toMatchObject({ type: "link", href: "https://x.example/a" });
});

test.each([
  ["| a |\n| - |\n| 1 |", "table"],
  ["- [x] done", "list"],
  ["> so", "blockquote"],
  ["## So", "heading"],
  ["<b>so</b>\n", "paragraph"],
  ["<div>\nso\n</div>", "html"],
])("%j is a %s", (source, type) => {
  expect(types(source)).toEqual([type]);
});

test("the lengths of the tokens are the lengths of their sources", () => {
  const source = "# A\n\nb **c** $d$\n\n- e\n- f\n\n```js\ng\n```\n\n| h |\n| - |\n| i |\n";
  expect(
    lex(source, {})
      .map(({ raw }) => raw)
      .join(""),
  ).toBe(source);
});
