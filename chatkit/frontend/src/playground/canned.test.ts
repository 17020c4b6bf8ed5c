import { expect, test } from "vitest";
import { CannedServer } from "./canned";

const texts = {
  ...{ question: "Q", answer: "It is so.", error: "Wrong.", widget: "Order" },
  ...{ sent: "Sent", show: "Show", noFiles: "No files." },
};
const server = () => new CannedServer(texts, () => Promise.resolve());
const ask = (type: string, params: object) => ({ body: JSON.stringify({ type, params }) });
const message = { input: { content: [{ type: "input_text", text: "Hello" }] } };

test("a question is answered word by word, and the answer is whole at the end", async () => {
  const text = await (await server().fetch("", ask("threads.create", message))).text();
  const events = text.trim().split("\n\n");
  expect(events[0]).toContain('"thread.created"');
  expect(events[1]).toContain('"Hello"');
  expect(events.at(-1)).toContain('"text":"It is so."');
  expect(events.filter((event) => event.includes("text_delta")).length).toBeGreaterThan(2);
});

test("an error is told, once", async () => {
  const canned = server();
  canned.next = "error";
  expect(await (await canned.fetch("", ask("threads.create", message))).text()).toContain('"message":"Wrong."');
  expect(await (await canned.fetch("", ask("threads.create", message))).text()).not.toContain("Wrong.");
});

test("conversations are shown, files refused, and anything else has nothing", async () => {
  const canned = server();
  const shown = await (await canned.fetch("", ask("threads.get_by_id", { thread_id: "widgets" }))).json();
  expect(shown.items.data.map((item: { type: string }) => item.type)).toEqual(["user_message", "widget"]);
  expect((await canned.fetch("", ask("attachments.create", {}))).status).toBe(403);
  expect(await (await canned.fetch("", {})).json()).toEqual({ data: [], has_more: false });
});
