// @vitest-environment happy-dom
import { render } from "lit";
import { beforeEach, expect, test, vi } from "vitest";
import { Composer } from "../state/composer";
import { begun } from "../testing/asked";
import { partOf } from "../testing/part";
import { footer } from "./composer";

const add = vi.fn();
const pasted = vi.fn();
const CELLS = { "text/plain": "1\t2", "text/html": "<table><tr><td>1<td>2</table>" };

let field: HTMLTextAreaElement;

beforeEach(() => {
  add.mockClear();
  pasted.mockClear();
  const { host, conversation } = begun();
  const composer = new Composer(host, () => "here");
  const parts = {
    locale: { direction: "ltr" },
    suggesting: { pasted },
    shortcuts: {},
    voice: {},
    turns: { draw: () => undefined },
    uploads: { enabled: true, files: [], add },
  };
  const place = document.createElement("div");
  const ui = Object.assign(host, { ...parts, composer, conversation, online: true, hint: "", renderRoot: place });
  render(footer(partOf(ui), true), place);
  field = place.querySelector("textarea") as HTMLTextAreaElement;
});

/** True where the browser is left to put in the text. */
function paste(texts: Record<string, string>, ...files: File[]): boolean {
  const event = new Event("paste", { cancelable: true });
  return field.dispatchEvent(
    Object.assign(event, { clipboardData: { files, getData: (type: string) => texts[type] ?? "" } }),
  );
}

const PICTURE = new File(["."], "image.png", { type: "image/png" });

test("a picture of the text that was copied is not taken for a file", () => {
  expect(paste(CELLS, PICTURE)).toBe(true);
  expect(pasted).toHaveBeenCalledOnce();
  expect(add).not.toHaveBeenCalled();
});

test.each([
  ["a picture of a page", { "text/html": "<img src=a.png>" }],
  ["a drawing without words", { ...CELLS, "text/plain": " \r\n" }],
  ["a file of the desktop", { "text/plain": "/ada/image.png" }],
])("%s is a file", (_, texts) => {
  expect(paste(texts, PICTURE)).toBe(false);
  expect(add).toHaveBeenCalledWith([PICTURE]);
});
