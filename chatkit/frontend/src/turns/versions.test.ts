// @vitest-environment happy-dom
import { render } from "lit";
import { beforeEach, describe, expect, test } from "vitest";
import { Composer } from "../state/composer";
import type { Conversation } from "../state/conversation";
import type { Message } from "../state/entry";
import { turns as turnsOf } from "../state/turns";
import { ASKED, answer, begun, INPUT, opened, QUESTION, THREAD, WHOLE } from "../testing/asked";
import { events, type FakeHost, json, refusal } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { Turns } from "./turns";

const FORK = { kind: "answer", after: "q", current: 2, items: ["old", "o"] };

let host: FakeHost;
let conversation: Conversation;
let composer: Composer;
let turns: Turns;
let asked: string[];

beforeEach(async () => {
  ({ host, conversation } = begun());
  composer = new Composer(host, () => "here");
  asked = [];
  const own = {
    updateComplete: Promise.resolve(true),
    renderRoot: document.createElement("div"),
    composer,
    conversation,
  };
  const choosePrompt = ({ prompt }: { prompt: string }) => asked.push(prompt);
  turns = new Turns(partOf(Object.assign(host, own, { choosePrompt })));
  await opened(host, conversation);
});

function options(threadItemActions: object): void {
  host.options = { ...host.options, threadItemActions };
}

/** What is drawn under the question, among the buttons of its answer, and below these. */
function drawn(): HTMLElement {
  const { entries } = conversation.thread;
  const [question, last] = entries;
  const turn = last && turnsOf(entries).get(last);
  const place = document.createElement("div");
  if (question && last && turn) render([turns.under(question), turns.beside(last), turns.next(turn)], place);
  return place;
}

function press(selector: string): void {
  drawn().querySelector<HTMLElement>(selector)?.click();
}

const label = () => drawn().querySelector(".versions .hidden")?.textContent;

describe("versions", () => {
  beforeEach(() => {
    options({ versions: true });
    conversation.thread.versions = true;
    host.on("GET /threads/t1/versions", () => json({ forks: [FORK], votes: { o: "negative" } }));
  });

  test("stand under the answer, with their votes", async () => {
    await turns.renew();
    expect(label()).toBe("Version 2 of 2");
    expect(conversation.thread.entry("o")?.feedback).toBe("negative");
    expect(drawn().querySelector("[data-version=next]")?.getAttribute("aria-disabled")).toBe("true");
  });

  test("are not asked for where the thread has none, or the page does not want them", async () => {
    conversation.thread.versions = false;
    await turns.renew();
    conversation.thread.versions = true;
    options({ edit: true });
    await turns.renew();
    expect(host.sent("GET /threads/t1/versions")).toEqual([]);
  });

  test("are gone back to, and the conversation is read again", async () => {
    await turns.renew();
    const earlier = { forks: [{ ...FORK, current: 1 }], votes: {} };
    host.on("POST /threads/t1/versions/old", () => {
      host.on("GET /threads/t1/versions", () => json(earlier));
      return json(earlier);
    });
    press("[data-version=previous]");
    await expect.poll(label).toBe("Version 1 of 2");
    expect(host.sent("threads.get_by_id")).toHaveLength(2);
    expect(host.said).toEqual(["Version 1 of 2"]);
  });

  test("stay as they are where the server refuses", async () => {
    await turns.renew();
    press("[data-version=previous]");
    await expect.poll(() => conversation.state.failure?.error.code).toBe("network");
    expect(label()).toBe("Version 2 of 2");
  });
});

describe("a question that is asked anew", () => {
  beforeEach(() => options({ edit: true }));

  test("stands in the composer, and what stood there comes back", async () => {
    await turns.renew();
    composer.setText("half a");
    press("[data-edit]");
    expect(composer.text).toBe("How?");
    expect(turns.edited).toBe("q");
    expect(host.said).toEqual([host.strings.editingNote]);
    turns.cancel();
    expect(composer.text).toBe("half a");
    expect(turns.edited).toBeNull();
  });

  test("has no button for that meanwhile, which would throw away what is being written", async () => {
    await turns.renew();
    press("[data-edit]");
    expect(drawn().querySelector("[data-edit]")).toBeNull();
    turns.cancel();
    expect(drawn().querySelector("[data-edit]")).not.toBeNull();
  });

  test("keeps its files where one is taken off and it is left as it is", async () => {
    const file = { id: "f1", type: "file", name: "a.txt", mime_type: "text/plain" } as const;
    const thread = { ...THREAD, items: { data: [{ ...QUESTION, attachments: [file] }], has_more: false } };
    host.on("threads.get_by_id", () => json(thread));
    await conversation.open("t1");
    composer = new Composer(host, () => "here", conversation);
    turns = new Turns(partOf(Object.assign(host, { composer })));
    const [question] = conversation.thread.entries;
    const place = document.createElement("div");
    if (question) render(turns.under(question), place);
    place.querySelector<HTMLElement>("[data-edit]")?.click();
    expect(composer.attachments).toEqual([file]);
    expect(composer.takeOff("f1")).toBe(false);
    turns.cancel();
    expect(question?.item).toMatchObject({ attachments: [file] });
    expect(composer.attachments).toEqual([]);
  });

  test("is not taken for what was being written before, nor is the next one", async () => {
    await turns.renew();
    press("[data-edit]");
    turns.rewrite("another", { input: INPUT, attachments: [] });
    turns.cancel();
    expect(composer.text).toBe("");
    expect(sessionStorage).toHaveLength(0);
  });

  test("leaves what was being written in its conversation, also where another is opened", async () => {
    await turns.renew();
    composer.switchTo("t1");
    composer.setText("half a");
    press("[data-edit]");
    const reloaded = new Composer(host, () => "here");
    reloaded.switchTo("t1");
    expect(reloaded.text).toBe("half a");
    composer.switchTo("t2");
    turns.leave();
    expect(composer.text).toBe("");
    composer.switchTo("t1");
    expect(composer.text).toBe("half a");
  });

  test("that is there no more gives the composer back", async () => {
    await turns.renew();
    composer.setText("half a");
    press("[data-edit]");
    turns.leave();
    expect(composer.text).toBe("half a");
  });

  test("takes the place of the old one and of what followed", async () => {
    await turns.renew();
    press("[data-edit]");
    host.on("threads.add_user_message", () => events([{ ...ASKED }, ...WHOLE.slice(2)], { run: "r1" }));
    await conversation.send(INPUT, [], undefined, turns.take());
    expect(host.requests.at(-1)?.metadata).toEqual({ "chatkit.edit": "q" });
    expect(conversation.thread.entries.map(({ id }) => id)).toEqual(["q", "a"]);
    expect(conversation.thread.versions).toBe(true);
  });
});

test("a question that the server did not take is written again to be asked in the place of the same one", async () => {
  options({ edit: true });
  await turns.renew();
  composer.setText("half a");
  press("[data-edit]");
  host.on("threads.add_user_message", () => refusal(400, "invalid_request"));
  composer.clear();
  composer.takeUp(true);
  await conversation.send(INPUT, [], undefined, turns.take());
  const unsent = conversation.thread.entries.find(({ message }) => message);
  const message = unsent && conversation.takeBack(unsent);
  turns.rewrite(message?.edits ?? "", message as Message);
  expect(composer.text).toBe("How?");
  expect(turns.take()).toBe("q");
});

describe("what may be asked next", () => {
  beforeEach(() => {
    options({ followUps: true });
    const follow_ups = ["Why?", "When?", "Where?", "A fourth?"];
    host.on("GET /threads/t1/follow-ups", () => json({ item_id: "o", follow_ups }));
  });

  test("is asked by a press, three at most", async () => {
    await turns.renew();
    expect(drawn().querySelectorAll("[data-follow-up]")).toHaveLength(3);
    press("[data-follow-up]");
    expect(asked).toEqual(["Why?"]);
  });

  test.each(["locked", "closed"] as const)("is not offered where the conversation is %s", async (type) => {
    await turns.renew();
    conversation.thread.status = { type };
    expect(drawn().querySelector("[data-follow-up]")).toBeNull();
    await turns.renew();
    expect(host.sent("GET /threads/t1/follow-ups")).toHaveLength(1);
  });

  test("belongs to the last answer alone", async () => {
    await turns.renew();
    conversation.thread.addLocal(answer("More.", "m"));
    conversation.thread.addLocal({ ...INPUT, id: "u", type: "user_message" } as never);
    expect(drawn().querySelector("[data-follow-up]")).toBeNull();
    turns.leave();
    expect(drawn().querySelector("[data-follow-up]")).toBeNull();
  });
});
