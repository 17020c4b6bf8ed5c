// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { FakeHost, json } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { share } from "./dialog";

test("a key that is pressed in the dialog is nobody else's, and Escape is left to the browser", () => {
  const host = new FakeHost().on("GET /threads/t1/shares", () => json({ seconds: 60, shares: [] }));
  const place = document.createElement("div");
  place.append(Object.assign(document.createElement("div"), { className: "frame" }));
  document.body.append(place);
  const root = place.attachShadow({ mode: "open" });
  root.append(...place.childNodes);
  share(partOf(Object.assign(host, { conversation: { threadId: "t1" }, renderRoot: root, locale: { locale: "en" } })));
  const pressed = vi.fn();
  document.addEventListener("keydown", pressed, { once: true });
  const dialog = root.querySelector("dialog") as HTMLDialogElement;
  const key = () => new KeyboardEvent("keydown", { key: "Escape", bubbles: true, composed: true, cancelable: true });
  expect(dialog.querySelector("h3")?.dispatchEvent(key())).toBe(true);
  expect(pressed).not.toHaveBeenCalled();
});
