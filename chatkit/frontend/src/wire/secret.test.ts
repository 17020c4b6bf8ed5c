import { expect, test } from "vitest";
import { endpointOf, isByToken, isSelfHosted } from "./secret";

const PAGE = "https://shop.example/help/";

function secret(path: string): string {
  const encoded = btoa(String.fromCharCode(...new TextEncoder().encode(path)));
  return `ck_${encoded.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}.${"s".repeat(20)}`;
}

test("a site's own secrets are told from OpenAI's", () => {
  expect(isSelfHosted(secret("/x"))).toBe(true);
  expect(isSelfHosted("ek_123")).toBe(false);
});

test("those of who has a token instead of a login are told from others", () => {
  const login = secret("/x");
  const token = login.replace(".", ".token.");
  expect([token, login, "ek_1.token.2", ""].map(isByToken)).toEqual([true, false, false, false]);
  expect(endpointOf(token, PAGE)).toBe(endpointOf(login, PAGE));
});

test.each([
  ["/api/chatkit/support/", "https://shop.example/api/chatkit/support/"],
  ["/a?workflow=b", "https://shop.example/a?workflow=b"],
  ["/año/", "https://shop.example/a%C3%B1o/"],
])("the path %s is an address on the page's own site", (path, url) => {
  expect(endpointOf(secret(path), PAGE)).toBe(url);
});

test.each([
  "//evil.example/",
  "//shop.example/api/",
  "/\\evil.example/",
  "https://evil.example/",
  "javascript:alert(1)",
  "relative/path",
  "",
  "/\t/evil.example/",
])("the path %j leads nowhere", (path) => {
  expect(endpointOf(secret(path), PAGE)).toBeNull();
});

test.each(["ek_123", "ck_", "ck_%%%.s", "ck_/w.s", ""])("%j names no address", (text) => {
  expect(endpointOf(text, PAGE)).toBeNull();
});
