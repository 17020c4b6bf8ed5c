import { expect, test } from "vitest";
import { decodeEntities } from "./entities";

test.each([
  ["Tom &amp; Ada", "Tom & Ada"],
  ["&lt;b&gt; &quot;x&quot; &apos;", '<b> "x" \''],
  ["&#8364; &#x20AC; &#X1f600;", "€ € 😀"],
  ["&euro;5&nbsp;&mdash;&hellip;", "€5\u00a0—…"],
  ["&unknown; &amp &; &#; & AT&T", "&unknown; &amp &; &#; & AT&T"],
  ["&#0; &#xD800; &#x110000;", "\ufffd \ufffd \ufffd"],
  ["&constructor; &toString;", "&constructor; &toString;"],
  ["&amp;lt;", "&lt;"],
])("%j reads %j", (source, text) => {
  expect(decodeEntities(source)).toBe(text);
});
