// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { decodeEntities } from "./entities";

test.each([
  ["Tom &amp; Ada", "Tom & Ada"],
  ["&lt;b&gt; &quot;x&quot; &apos;", '<b> "x" \''],
  ["&#8364; &#x20AC; &#X1f600;", "€ € 😀"],
  ["&euro;5&nbsp;&mdash;&hellip;", "€5\u00a0—…"],
  ["&hearts; &Auml; &NotEqualTilde; &semi;", "♥ Ä ≂̸ ;"],
  ["&copyx; &hearts &Hearts;", "&copyx; &hearts &Hearts;"],
  ["&unknown; &amp &; &#; & AT&T", "&unknown; &amp &; &#; & AT&T"],
  ["&#0; &#xD800; &#x110000;", "\ufffd \ufffd \ufffd"],
  ["&constructor; &toString;", "&constructor; &toString;"],
  ["&amp;lt;", "&lt;"],
])("%j reads %j", (source, text) => {
  expect(decodeEntities(source)).toBe(text);
});

test("where the page lets no text be parsed, names are shown as they are", () => {
  vi.spyOn(document, "createElement").mockImplementation(() => {
    throw new TypeError("This document requires 'TrustedHTML' assignment.");
  });
  expect(decodeEntities("&spades; &lt;")).toBe("&spades; <");
});
