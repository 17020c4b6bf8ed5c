// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { SPECIFIED } from "../testing/examples";
import { specHtml } from "../testing/spec-html";

/** Where we follow GitHub, which makes links of addresses that stand alone. */
const AUTOLINKS = [602, 608, 611, 612];

test.each(SPECIFIED.filter(({ number }) => !AUTOLINKS.includes(number)))(
  "CommonMark's example $number, on $section",
  ({ markdown, html }) => {
    expect(specHtml(markdown)).toBe(html);
  },
);
