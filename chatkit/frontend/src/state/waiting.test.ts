import { beforeEach, describe, expect, test, vi } from "vitest";
import { tab } from "../kept";
import { begun, INPUT, opened, THREAD, textsOf, WHOLE } from "../testing/asked";
import { events, type FakeHost, json, OpenStream, refusal } from "../testing/fake-host";
import type { Conversation } from "./conversation";

let host: FakeHost;
let conversation: Conversation;
beforeEach(() => {
  ({ host, conversation } = begun());
});

const texts = () => textsOf(conversation);

const open = (run?: string) => opened(host, conversation, run);

describe("what waits for a thread", () => {
  test("goes on when that is open, and not to another one", async () => {
    const answers: ((response: Response) => void)[] = [];
    host.on("threads.get_by_id", () => new Promise((resolve) => answers.push(resolve)));
    void conversation.open("t1");
    const ready = conversation.ready();
    const other = conversation.open("t2");
    const next = conversation.ready();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    for (const answer of answers) answer(json({ ...THREAD, id: "t2", items: { data: [], has_more: false } }));
    await expect(ready).rejects.toMatchObject({ code: "left" });
    await expect(Promise.all([next, other])).resolves.toBeDefined();
  });

  test("is told that the thread cannot be opened", async () => {
    host.on("threads.get_by_id", () => refusal(404, "not_found"));
    void conversation.open("t1");
    await expect(conversation.ready()).rejects.toMatchObject({ code: "not_found" });
  });

  test("forgets what this tab kept of one that is gone, and of no other", async () => {
    for (const name of ["widget:here:t1:w", "draft:here:t1", "widget:here:t11:w"]) tab.set(name, "{}");
    host.on("threads.get_by_id", () => refusal(404, "not_found"));
    await conversation.open("t1");
    expect(tab.names("widget:")).toEqual(["widget:here:t11:w"]);
    expect(tab.get("draft:here:t1")).toBeNull();
  });

  test("reads it again only when its answer is over", async () => {
    await open();
    let stream: OpenStream | undefined;
    host.on("threads.add_user_message", ({ signal }) => {
      stream = new OpenStream(signal);
      return stream.response;
    });
    void conversation.send(INPUT);
    await vi.waitFor(() => expect(conversation.state.phase).toBe("answering"));
    const updated = conversation.update();
    expect(host.sent("threads.get_by_id")).toHaveLength(1);
    stream?.end();
    await updated;
    expect(host.sent("threads.get_by_id")).toHaveLength(2);
  });

  test("does not take for new what was read before an answer that came meanwhile", async () => {
    await open();
    let arrive = (): void => {};
    const late = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    host.on("threads.get_by_id", async () => {
      await late;
      return json({ ...THREAD, items: { data: [], has_more: false } });
    });
    host.on("threads.add_user_message", () => events(WHOLE.slice(1)));
    const read = conversation.resume();
    await conversation.send(INPUT);
    const shown = texts();
    arrive();
    await read;
    expect(texts()).toEqual(shown);
    expect(shown).toContain("**So.**");
  });
});
