// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { makeSortable } from "./sort";

const row = (id: number) => `<li data-label="P${id}"><input type="hidden" name="id" value="${id}">
  <span data-ckc-handle hidden></span>
  <button name="move" value="${id}:up">Up</button><button name="move" value="${id}:down">Down</button></li>`;

function page(): { form: HTMLFormElement; labels: () => string[]; shown: () => string[] } {
  document.body.innerHTML = `<section><p data-ckc-problem hidden><span></span></p>
    <form data-ckc-sort action="http://localhost/sort" data-moved="{label}: {place} of {count}" data-failed="Failed.">
    <input type="hidden" name="seen" value="1 2 3"><ol>${[1, 2, 3].map(row).join("")}</ol>
    <p data-ckc-told></p></form>
    <ul data-ckc-preview data-most="2"><li data-id="1"></li><li data-id="2"></li><li data-id="3" hidden></li></ul>
    </section>`;
  const form = document.querySelector("form") as HTMLFormElement;
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  makeSortable(form, form.closest("section") as HTMLElement);
  return {
    form,
    labels: () => all("ol > li").map((one) => one.dataset.label ?? ""),
    shown: () => all("[data-ckc-preview] > li:not([hidden])").map((one) => one.dataset.id ?? ""),
  };
}

function press(form: HTMLFormElement, value: string): void {
  const submitter = form.querySelector<HTMLButtonElement>(`[value="${value}"]`);
  submitter?.focus();
  form.dispatchEvent(new SubmitEvent("submit", { submitter, cancelable: true }));
}

const told = (selector: string) => document.querySelector(selector)?.textContent;

function answers(status: number, body: unknown): void {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(JSON.stringify(body), { status })),
  );
}

describe("a list that can be put in order", () => {
  beforeEach(() => vi.unstubAllGlobals());

  test("by its buttons, which tell what they did and keep the focus", async () => {
    const { form, labels, shown } = page();
    answers(200, { seen: "1 3 2" });
    press(form, "3:up");
    expect(labels()).toEqual(["P1", "P3", "P2"]);
    expect(shown()).toEqual(["1", "3"]);
    await vi.waitFor(() => expect(told("[data-ckc-told]")).toBe("P3: 2 of 3"));
    expect((document.activeElement as HTMLButtonElement).value).toBe("3:up");
    expect(form.querySelector<HTMLInputElement>("[name=seen]")?.value).toBe("1 3 2");
    press(form, "3:up");
    expect((document.activeElement as HTMLButtonElement).value).toBe("3:down"); // that of up is off
    const disabled = [...form.querySelectorAll<HTMLButtonElement>("button:disabled")].map(({ value }) => value);
    expect(disabled).toEqual(["3:up", "2:down"]);
  });

  test.each([
    ["is refused", 409, { message: "Changed meanwhile." }, "Changed meanwhile."],
    ["fails", 500, null, "Failed."],
  ])("and back again where it %s", async (_how, status, body, problem) => {
    const { form, labels, shown } = page();
    answers(status, body);
    press(form, "1:down");
    expect(labels()).toEqual(["P2", "P1", "P3"]);
    await vi.waitFor(() => expect(labels()).toEqual(["P1", "P2", "P3"]));
    expect(shown()).toEqual(["1", "2"]);
    expect(told("[data-ckc-problem] span")).toBe(problem);
    expect(told("[data-ckc-told]")).toBe("");
  });
});
