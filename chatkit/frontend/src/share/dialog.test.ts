// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { FakeHost, json } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { share } from "./dialog";

function opened(host: FakeHost): HTMLDialogElement {
  const place = document.createElement("div");
  place.append(Object.assign(document.createElement("div"), { className: "frame" }));
  document.body.append(place);
  const root = place.attachShadow({ mode: "open" });
  root.append(...place.childNodes);
  const more = { conversation: { threadId: "t1" }, renderRoot: root, locale: { locale: "en" } };
  share(partOf(Object.assign(host, more)));
  return root.querySelector("dialog") as HTMLDialogElement;
}

test("a key that is pressed in the dialog is nobody else's, and Escape is left to the browser", () => {
  const host = new FakeHost().on("GET /threads/t1/shares", () => json({ seconds: 60, shares: [] }));
  const dialog = opened(host);
  const pressed = vi.fn();
  document.addEventListener("keydown", pressed, { once: true });
  const key = () => new KeyboardEvent("keydown", { key: "Escape", bubbles: true, composed: true, cancelable: true });
  expect(dialog.querySelector("h3")?.dispatchEvent(key())).toBe(true);
  expect(pressed).not.toHaveBeenCalled();
});

test("a link that was made just now stays when another one is taken back", async () => {
  const one = (id: number) => ({ id, expires_at: "2030-01-01T00:00:00Z", opened: 0 });
  const host = new FakeHost()
    .on("GET /threads/t1/shares", () => json({ seconds: 60, shares: [one(1)] }))
    .on("POST /threads/t1/shares", () => json({ ...one(2), url: "https://shop.example/shared/2" }))
    .on("POST /shares/1/revoke", () => json({ id: 1 }))
    .on("POST /shares/2/revoke", () => json({ id: 2 }));
  const dialog = opened(host);
  const press = (name: string, at = 0) => dialog.querySelectorAll<HTMLElement>(name).item(at).click();
  const rows = () => dialog.querySelectorAll("li").length;
  await expect.poll(rows).toBe(1);
  press(".row .button");
  await expect.poll(rows).toBe(2);
  press("[data-revoke]", 1);
  await expect.poll(rows).toBe(1);
  expect(dialog.querySelector("input")?.value).toBe("https://shop.example/shared/2");
  press("[data-revoke]");
  await expect.poll(rows).toBe(0);
  expect(dialog.querySelector("input")).toBeNull();
});
