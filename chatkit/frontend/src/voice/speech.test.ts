import { describe, expect, test } from "vitest";
import { inserted } from "./insert";
import { languageOf, speech } from "./speech";
import { english as words } from "./words";

describe("what is read aloud", () => {
  test("code and tables are left out, and it is said that they are", () => {
    const answer = [
      "# Your **orders**",
      "See [the list](https://shop.example/orders):",
      "```python\nprint('no')\n```",
      "| Name | Sum |\n| --- | ---: |\n| Ada | 5 |\n| Bob | 6 |",
      "- one\n- two `three`",
      "Formula $$a^2$$ at https://shop.example/a/b?c=d.",
    ].join("\n\n");
    expect(speech(answer, words)).toEqual([
      "Your orders",
      "See the list:",
      words.codeLeftOut,
      words.tableLeftOut,
      "one",
      "two three",
      "Formula at shop.example",
    ]);
  });

  test.each([
    ["Before \\[a \\\\[2pt] b\\] after", "Before after"],
    ["Before \\[a\\] and \\[b\nc\\] after", "Before and after"],
    ["Before $$a \\] b$$ after", "Before after"],
  ])("of %j the formulas are left out", (text, said) => {
    expect(speech(text, words)).toEqual([said]);
  });

  test("code that has no end is left out to the end", () => {
    expect(speech("Before\n\n~~~\nnever\n\nnever", words)).toEqual(["Before", words.codeLeftOut]);
  });

  test("long paragraphs are read in pieces, none of them lost", () => {
    const text = Array.from({ length: 40 }, (_, n) => `This is sentence number ${n}.`).join(" ");
    const pieces = speech(text, words);
    expect(pieces.every((piece) => piece.length <= 220 && piece.endsWith("."))).toBe(true);
    expect(pieces.join(" ")).toBe(text);
    const endless = "word ".repeat(200).trim();
    expect(speech(endless, words).join(" ")).toBe(endless);
  });

  test("nothing but signs is nothing to read", () => {
    expect(speech("\n\n---\n\n", words)).toEqual([]);
  });

  test.each([
    ["bars", "|".repeat(60_000)],
    ["spaces below a bar", `|\n${" ".repeat(60_000)}x`],
    ["spaces below bars", `${"|".repeat(20_000)}\n${" ".repeat(20_000)}x`],
  ])("%s that are no table hold nothing up", (_, text) => {
    const from = performance.now();
    speech(text, words);
    expect(performance.now() - from).toBeLessThan(3000);
  });
});

test.each([
  ["You can cancel the order in your account.", "es", "en"],
  ["Puedes cancelar el pedido en la página de pedidos.", "en", "es"],
  ["Você pode cancelar o pedido na página de pedidos com um clique.", "en", "pt"],
  ["Die Rechnung ist in der Liste und nicht in den Anlagen.", "en", "de"],
  ["يمكنك إلغاء الطلب من صفحة الطلبات", "en", "ar"],
  ["注文をキャンセルできます", "en", "ja"],
  ["您可以取消订单", "zh-TW", "zh-TW"],
  ["Заказ можно отменить", "uk-UA", "uk-UA"],
  ["You can cancel it in your account.", "en-GB", "en-GB"],
  ["OK", "pt-BR", "pt-BR"],
])("%s in a chat in %s is read in %s", (text, around, language) => {
  expect(languageOf(text, around)).toBe(language);
});

test.each([
  ["", 0, 0, "Hello", "Hello", 5],
  ["Please", 6, 6, "help me", "Please help me", 14],
  ["One three", 4, 4, "two", "One two three", 7],
  ["Send it, now", 7, 7, "today", "Send it today, now", 13],
  ["Drop that here", 5, 9, "this", "Drop this here", 9],
])("put into %j at %d to %d, %j makes %j", (text, from, to, said, wanted, caret) => {
  expect(inserted(text, from, to, said)).toEqual({ text: wanted, caret });
});
