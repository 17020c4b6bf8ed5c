// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { partOf } from "../testing/part";

test("a field that comes in the place of another with the same text is as high as that was", async () => {
  vi.resetModules();
  vi.stubGlobal("CSS", { supports: () => false });
  const { Autosize } = await import("./autosize");
  const renderRoot = document.createElement("div");
  const sizes = new Autosize(partOf({ renderRoot, addController: () => undefined }));
  const heights = [1, 2].map(() => {
    const field = document.createElement("textarea");
    field.className = "input";
    field.value = "One\nTwo\nThree";
    Object.defineProperty(field, "scrollHeight", { value: 66 });
    renderRoot.replaceChildren(field);
    sizes.hostUpdated();
    return field.style.height;
  });
  expect(heights).toEqual(["66px", "66px"]);
});
