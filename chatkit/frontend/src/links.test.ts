import { describe, expect, test } from "vitest";
import { deeplink, ownImage, safeGeneratedImage, safeImage, safeLink, sameOrigin } from "./links";
import { foldersOf } from "./own-script";

describe("a link", () => {
  test.each([
    ["https://x.example/a", "https://x.example/a"],
    [" http://x.example ", "http://x.example/"],
    ["/orders?x=1", "https://shop.example/orders?x=1"],
    ["guide", "https://shop.example/help/guide"],
    ["mailto:a@x.example", "mailto:a@x.example"],
    ["tel:+1234", "tel:+1234"],
  ])("may lead to %s", (address, href) => {
    expect(safeLink(address)).toBe(href);
  });

  test("is relative to the server that wrote it", () => {
    expect(safeLink("/help/returns/", "https://api.example/api/chatkit")).toBe("https://api.example/help/returns/");
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    " \u0001javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://x.example/1",
    "https://",
    "",
    "  ",
    null,
    undefined,
    7,
  ])("may not lead to %j", (address) => {
    expect(safeLink(address)).toBeNull();
  });
});

describe("an image", () => {
  const domains = ["img.example", "*.cdn.example"];

  test.each([
    "/static/a.png",
    "../static/help/a.png",
    "https://img.example/a.png",
    "https://IMG.example/a.png",
    "https://x.cdn.example/a.png",
  ])("may come from %s", (address) => {
    expect(safeImage(address, domains)).not.toBeNull();
  });

  test.each([
    "https://elsewhere.example/a.png",
    "https://img.example.evil.example/a.png",
    "https://notimg.example/a.png",
    "https://cdn.example/a.png",
    "https://evilcdn.example/a.png",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "/admin/chatkit/thread/thr_1/change/",
    "/accounts/logout/",
    "/static/../admin/logout/",
    "/static/%2e%2e/admin/logout/",
    "/static/..%2fadmin/logout/",
    "/static/..%5cadmin/",
    "/staticfiles/a.png",
    "static/a.png",
    "?open=1",
    "//img.evil.example/static/a.png",
  ])("may not come from %s", (address) => {
    expect(safeImage(address, domains)).toBeNull();
  });

  test("may come from the whole site where the thread allows its domain", () => {
    expect(safeImage("/orders/7/photo/", ["shop.example"])).toBe("https://shop.example/orders/7/photo/");
  });

  test("of a file that a person sent is the site's own", () => {
    expect(ownImage("/api/chatkit/attachments/atc_1")).toBe("https://shop.example/api/chatkit/attachments/atc_1");
    expect(ownImage("https://img.example/a.png")).toBeNull();
  });

  test("that was generated may also be inside the answer, as a bitmap", () => {
    expect(safeGeneratedImage("data:image/png;base64,AAAA", [])).toBe("data:image/png;base64,AAAA");
    expect(safeGeneratedImage("data:image/svg+xml;base64,AAAA", [])).toBeNull();
    expect(safeGeneratedImage("data:image/png;base64,AA,<script>", [])).toBeNull();
    expect(safeGeneratedImage("https://elsewhere.example/a.png", [])).toBeNull();
  });
});

describe("a deep link", () => {
  test.each([
    ["chatkit-link://orders?id=7&id2=x%20y", { name: "orders", data: { id: "7", id2: "x y" } }],
    ["CHATKIT-LINK://my%20orders/", { name: "my orders", data: {} }],
    ["chatkit-link://50%", { name: "50%", data: {} }],
    ["chatkit-link://a/b#c", { name: "a/b", data: {} }],
  ])("%s is read", (address, expected) => {
    expect(deeplink(address)).toEqual(expected);
  });

  test.each(["https://x.example", "chatkit-link:orders", "", null])("%j is none", (address) => {
    expect(deeplink(address)).toBeNull();
  });
});

test("only the page's own addresses are of its origin", () => {
  expect(sameOrigin("/a")).toBe(true);
  expect(sameOrigin("https://shop.example/x")).toBe(true);
  expect(sameOrigin("http://shop.example/x")).toBe(false);
  expect(sameOrigin("https://shop.example:8443/x")).toBe(false);
});

describe("the folders of the site's files", () => {
  const site = "https://shop.example";

  test.each([
    [`${site}/static/chatkit/chatkit.js`, [`${site}/static/`]],
    [`${site}/static/chatkit/chatkit.0123456789ab.js`, [`${site}/static/`]],
    [`${site}/assets/chatkit.js`, [`${site}/assets/`]],
    [`${site}/chatkit/chatkit.js`, []],
    [`${site}/chatkit.js`, []],
    ["https://cdn.example/static/chatkit/chatkit.js", []],
  ])("beside %s", (script, folders) => {
    expect(foldersOf(script, undefined)).toEqual(folders);
  });

  test("are those that the tag names", () => {
    expect(foldersOf(`${site}/x.js`, "/static/  https://cdn.example/media/ /notAFolder")).toEqual([
      `${site}/static/`,
      "https://cdn.example/media/",
    ]);
    expect(foldersOf(`${site}/static/chatkit/chatkit.js`, "")).toEqual([]);
  });
});
