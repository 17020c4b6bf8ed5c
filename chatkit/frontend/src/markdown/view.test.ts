// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { TextPart } from "../state/text-part";
import { context, cut, drawn, html, seeded, streamed } from "../testing/drawn";
import { EXAMPLES, SIGNS } from "../testing/examples";
import type { Annotation } from "../wire/protocol";
import { MarkdownView } from "./view";

describe("text in pieces becomes what it would have been at once", () => {
  test.each(EXAMPLES.map((text, number) => [number, text] as const))("example %d: %j", (number, text) => {
    const random = seeded(number);
    const whole = html(drawn(text));
    // Sign by sign takes the longest: some of the examples; the series below are cut so, too.
    for (const longest of number % 4 ? [12] : [1, 12]) {
      const pieces = cut(text, longest, random);
      expect(html(streamed(pieces)), JSON.stringify(pieces)).toBe(whole);
    }
  });

  test.each([1, 2, 3, 4])("examples one after the other, series %d", (seed) => {
    const random = seeded(seed);
    const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    for (let round = 0; round < 40; round++) {
      const text = Array.from({ length: 4 }, () => any(EXAMPLES)).join(any(["", "\n", "\n\n"]));
      const pieces = cut(text, any([1, 5, 40]), random);
      expect(html(streamed(pieces)), JSON.stringify(pieces)).toBe(html(drawn(text)));
    }
  });

  test.each([1, 2, 3, 4])("signs and words as they come, series %d", (seed) => {
    const random = seeded(1000 + seed);
    for (let round = 0; round < 100; round++) {
      const text = Array.from({ length: 20 }, () => SIGNS[Math.floor(random() * SIGNS.length)]).join("");
      const pieces = cut(text, 12, random);
      expect(html(streamed(pieces)), JSON.stringify(pieces)).toBe(html(drawn(text)));
    }
  });

  test("and after more has come to a text that was complete", () => {
    const part = new TextPart({ type: "output_text", text: "[a]\n" });
    part.finish();
    const view = new MarkdownView();
    view.update(part, context);
    part.append("\n[a]: /b");
    view.update(part, context);
    expect(html(view.container)).toBe(html(drawn("[a]\n\n[a]: /b")));
  });
});

describe("while text comes", () => {
  /** What can be seen after each piece. */
  function seen(...pieces: string[]): string[] {
    const part = new TextPart();
    const view = new MarkdownView();
    return pieces.map((piece) => {
      part.append(piece);
      view.update(part, context);
      return (view.container.textContent ?? "").replace(" (opens in a new tab)", "");
    });
  }

  test("no link leads to half an address", () => {
    const part = new TextPart();
    const view = new MarkdownView();
    const hrefs = new Set<string>();
    for (const piece of "[a][1] b https://x.example/long c\n\n[1]: https://y.example/long\n\nd".split("")) {
      part.append(piece);
      view.update(part, context);
      for (const link of view.container.querySelectorAll("a")) hrefs.add(link.href);
    }
    expect([...hrefs].sort()).toEqual(["https://x.example/long", "https://y.example/long"]);
  });

  test("what may become a marker waits", () => {
    expect(seen("One", "\n", "-", "--", "\nTwo")).toEqual(["One", "One", "One", "One", "OneTwo"]);
    expect(seen("```\na\n", "``", "`\n", "b")).toEqual(["a", "a", "a", "ab"]);
    expect(seen("[1]: ", "/a", "\n\nb")).toEqual(["", "", "b"]);
  });

  test("a formula shows its source until its end comes", () => {
    expect(seen("$$\na\n", "- b\n", "- c\n$$\n", "d").map((text) => text.trim())).toEqual([
      "a",
      "a\n- b",
      "a\n- b\n- c",
      "a\n- b\n- cd",
    ]);
  });

  test("halves of a character are never seen", () => {
    expect(seen("```\n\ud83d", "\ude00", "\n```\n\ud83d", "\ude00")).toEqual(["", "😀", "😀", "😀😀"]);
  });

  test("blocks that are done keep their elements, also when a source is cited or an address comes", () => {
    const part = new TextPart();
    const view = new MarkdownView();
    part.append("First.\n\nSecond [a].\n\nThird.\n\n");
    view.update(part, context);
    const [first, second, third] = view.container.children;
    part.annotate(0, { type: "annotation", index: 30, source: { type: "url", title: "A", url: "/a" } });
    part.append("[a]: /b\n\nFourth");
    view.update(part, context);
    expect([...view.container.children].slice(0, 3)).toEqual([first, second, third]);
    expect(second?.querySelector("a")?.getAttribute("href")).toContain("/b");
    expect(third?.querySelector("sup")?.textContent).toBe("1");
  });
});

describe("the work of a piece", () => {
  const LINES = {
    paragraphs: "Some **bold** words and `code` in a paragraph.\n\n",
    "one paragraph": "Some **bold** words and a [link](/a) in a line.\n",
    list: "- An item with **bold** words\n",
    "loose list": "1. An item\n\n   and more of it\n\n",
    nested: "> - An item\n>   1. and one more\n",
    table: "| some words | and **others** |\n",
    code: "const value = compute(value);\n",
    references: "A [link][a] and a [missing one][b].\n\n",
  };

  test.each(Object.entries(LINES))("does not grow with the text: %s", (kind, line) => {
    const begin = { table: "| a | b |\n|---|---|\n", code: "```\n" }[kind] ?? "[a]: /a\n\n";
    const part = new TextPart();
    const view = new MarkdownView();
    const changes: number[] = [];
    const observer = new MutationObserver(() => undefined);
    observer.observe(view.container, { childList: true, subtree: true, characterData: true });
    const reads: number[] = [];
    part.append(begin);
    view.update(part, context);
    for (let round = 0; round < 300; round++) {
      const before = view.read;
      for (const piece of cut(line, 8, seeded(round % 10))) {
        part.append(piece);
        view.update(part, context);
      }
      reads.push(view.read - before);
      changes.push(observer.takeRecords().length);
    }
    const most = (numbers: number[]) => Math.max(...numbers);
    expect(most(reads.slice(-20))).toBeLessThanOrEqual(most(reads.slice(5, 25)));
    expect(most(changes.slice(-20))).toBeLessThanOrEqual(most(changes.slice(5, 25)));
  });
});

describe("marks of sources", () => {
  function cite(url: string, index?: number): Annotation {
    return { type: "annotation", source: { type: "url", title: url, url }, index };
  }

  /** The text with the numbers of its sources in brackets. */
  function marked(text: string, ...indexes: number[]): string {
    const element = drawn(
      text,
      indexes.map((index) => cite(`/${index}`, index)),
    );
    for (const mark of element.querySelectorAll("sup")) mark.textContent = `[${mark.textContent}]`;
    for (const hidden of element.querySelectorAll(".hidden, .code-bar")) hidden.remove();
    return (element.textContent ?? "").trim();
  }

  test.each([
    ["One. Two.", [4, 9], "One.[1] Two.[2]"],
    ["😀👍 One. Two.", [6, 11], "😀👍 One[1]. Two[2]."],
    ["👨‍👩‍👧 e\u0301. Two", [9], "👨‍👩‍👧 e\u0301.[1] Two"],
    ["One. \n\nTwo.", [7], "One.[1]Two."],
    ["One.", [50], "One.[1]"],
    ["One.", [-1], "One."],
    ["**One.** Two", [8], "One.[1] Two"],
    ["One [two three](/a) four", [8], "One two three[1] four"],
    ["One `two three` four", [8], "One two three[1] four"],
    ["# One #\n\nTwo", [7], "One[1]Two"],
    ["| a |\n|---|\n| b |\n\nc", [17], "ab[1]c"],
    ["| a\\|b | c |\n|---|---|", [5], "a|[1]bc"],
    ["- [x] One.\n- Two.", [10, 17], "One.[1]Two.[2]"],
    ["> One\n> two", [11], "One\ntwo[1]"],
    ["One\r\n\r\nTwo", [10], "OneTwo[1]"],
    ["One.\n\n```\ncode\n```\n\nTwo", [18], "One.[1]codeTwo"],
    ["```\ncode\n```", [12], "code"],
    ["<b>One</b> two", [10], "<b>One</b>[1] two"],
    ["<div>\nOne\n</div>\n\ntwo", [16], "<div>\nOne\n</div>[1]two"],
  ])("%j cited at %j reads %j", (text, indexes, expected) => {
    expect(marked(text, ...indexes)).toBe(expected);
  });

  test("come where they would have been at once, whenever they come", () => {
    const text = "One. *Two.* Three\nfour.\n\n- Five.\n- Six.\n\n```\ncode\n```\n\n| a |\n|---|\n| b |\n\nEnd.";
    const all = [cite("/a", 4), cite("/b", 11), cite("/c", 23), cite("/a", 32), cite("/d", 55), cite("/e", 90)];
    const whole = html(drawn(text, all));
    const random = seeded(3);
    for (let round = 0; round < 30; round++) {
      const part = new TextPart();
      const view = new MarkdownView();
      let given = 0;
      for (const piece of cut(text, 9, random)) {
        part.append(piece);
        while (given < all.length && random() < 0.3) part.annotate(given, all[given++] as Annotation);
        view.update(part, context);
      }
      while (given < all.length) part.annotate(given, all[given++] as Annotation);
      part.finish();
      view.update(part, context);
      expect(html(view.container)).toBe(whole);
    }
  });

  test.each([
    ["- Two.\n- Three.", [5, 14]],
    ["One.\n\n> Two.\n\n| a |\n|---|\n| b |", [4, 11, 31]],
  ])("stay with %j where the rest, its sources and the end come at once", (text, indexes) => {
    const all = indexes.map((index) => cite(`/${index}`, index));
    const whole = html(drawn(text, all));
    for (let shown = 0; shown <= text.length; shown++) {
      const part = new TextPart();
      const view = new MarkdownView();
      part.append(text.slice(0, shown));
      view.update(part, context);
      part.replace({ type: "output_text", text: part.text, annotations: all });
      part.append(text.slice(shown));
      part.finish();
      view.update(part, context);
      expect(html(view.container), text.slice(0, shown)).toBe(whole);
    }
  });

  test("are numbered anew when a source comes before them", () => {
    const part = new TextPart({ type: "output_text", text: "One. Two.", annotations: [cite("/b", 9)] });
    const view = new MarkdownView();
    view.update(part, context);
    part.annotate(0, cite("/a", 4));
    view.update(part, context);
    expect(view.container.textContent).toBe("One.1 Two.2");
  });

  test("beyond the text wait for its end", () => {
    const part = new TextPart({ type: "output_text", text: "One.", annotations: [cite("/a", 50)] });
    const view = new MarkdownView();
    view.update(part, context);
    expect(view.container.textContent).toBe("One.");
    part.finish();
    view.update(part, context);
    expect(view.container.textContent).toBe("One.1");
  });
});
