// @vitest-environment happy-dom
import { render } from "lit";
import { beforeEach, expect, test } from "vitest";
import type { Conversation } from "../state/conversation";
import type { Entry } from "../state/entry";
import { begun, THREAD } from "../testing/asked";
import { type FakeHost, json, refusal } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { questionsView } from "./questions";
import type { Ui } from "./ui";

const FORM = {
  id: "f",
  type: "structured_input",
  status: "pending",
  inputs: [
    { id: "why", type: "freeform", question: "Why?" },
    { id: "how", type: "choice", question: "How?", options: [{ value: "by post" }, { value: "by van" }] },
    { id: "when", type: "choice", question: "When?", multiple: true, options: [{ value: "soon" }, { value: "later" }] },
  ],
};

let host: FakeHost;
let conversation: Conversation;
beforeEach(async () => {
  ({ host, conversation } = begun());
  host.on("threads.get_by_id", () => json({ ...THREAD, items: { data: [FORM], has_more: false } }));
  await conversation.open("t1");
});

const asked = () => conversation.thread.entry("f") as Entry;

/** The form as it is drawn anew. */
function drawn(): HTMLFormElement {
  const place = document.createElement("div");
  const ui: Ui = partOf(Object.assign(host, { conversation, renderRoot: place }));
  render(questionsView(ui, asked()), place);
  return place.querySelector("form") as HTMLFormElement;
}

function field(form: HTMLElement, selector: string): HTMLInputElement {
  return form.querySelector(selector) as HTMLInputElement;
}

function fill(form: HTMLElement): void {
  field(form, "textarea").value = "It broke.";
  field(form, "[name='other:when']").value = "in May";
  field(form, "[value='by van']").checked = true;
  field(form, "[value=later]").checked = true;
  const filled = ["textarea", "[name='other:when']", "[value='by van']", "[value=later]"];
  for (const selector of filled) field(form, selector).dispatchEvent(new Event("input", { bubbles: true }));
}

function expectFilled(form: HTMLElement): void {
  expect(field(form, "textarea").value).toBe("It broke.");
  expect(field(form, "[name='other:when']").value).toBe("in May");
  const checked = ["by post", "by van", "soon", "later"].filter((value) => field(form, `[value='${value}']`).checked);
  expect(checked).toEqual(["by van", "later"]);
}

test("answers that could not be sent stand in the form again, also once the conversation is opened anew", async () => {
  host.on("threads.add_structured_input", () => refusal(503, "down"));
  const form = drawn();
  fill(form);
  form.dispatchEvent(new Event("submit", { cancelable: true }));
  await expect.poll(() => conversation.state.failure?.error.code).toBe("down");
  expectFilled(drawn());
  await conversation.open(null);
  await conversation.open("t1");
  expectFilled(drawn());
});

test("what is changed after a failure is not sent as it was before", async () => {
  host.on("threads.add_structured_input", () => refusal(503, "down"));
  const form = drawn();
  fill(form);
  form.dispatchEvent(new Event("submit", { cancelable: true }));
  await expect.poll(() => conversation.state.failure?.retry).toBeTruthy();
  fill(drawn());
  expect(conversation.state.failure).toBeNull();
});
