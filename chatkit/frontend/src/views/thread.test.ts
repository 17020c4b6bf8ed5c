// @vitest-environment happy-dom
import { render } from "lit";
import { expect, test } from "vitest";
import { answer, begun, QUESTION, THREAD } from "../testing/asked";
import { json } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { threadView } from "./thread";
import type { Ui } from "./ui";

test("a conversation that is locked, or open again, has its buttons at once", async () => {
  const { host, conversation } = begun();
  const has = (type: string) => {
    // One question that nobody answered, and one with its answer.
    const asked = { ...QUESTION, id: "r", content: [{ type: "input_text", text: "And when?" }] };
    const items = { data: [QUESTION, asked, answer("Now.")], has_more: false };
    host.on("threads.get_by_id", () => json({ ...THREAD, status: { type }, items }));
  };
  host.options.threadItemActions = { retry: true };
  const place = document.createElement("div");
  const ui: Ui = partOf(
    Object.assign(host, {
      ...{ conversation, pinned: {}, panels: {}, widgets: {}, wait: 0, atEnd: true },
      locale: { locale: "en" },
      composer: { empty: true },
      voice: { reading: () => false },
      turns: { draw: () => null, version: 0 },
      markdown: { strings: host.strings, imageDomains: [] },
    }),
  );
  const buttons = () => {
    render(threadView(ui), place);
    return [...place.querySelectorAll<HTMLElement>("[data-do], [data-again]")].map(
      ({ dataset }) => dataset.do ?? "retry",
    );
  };
  has("active");
  await conversation.open("t1");
  expect(buttons()).toEqual(["again", "retry"]);
  has("locked");
  await conversation.refresh();
  expect(buttons()).toEqual([]);
  has("active");
  await conversation.refresh();
  expect(buttons()).toEqual(["again", "retry"]);
});
