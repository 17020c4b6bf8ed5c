import { beforeEach, expect, test, vi } from "vitest";
import { begun, INPUT, opened, WHOLE } from "../testing/asked";
import { events, type FakeHost, OpenStream } from "../testing/fake-host";
import type { ServerEvent } from "../wire/protocol";
import { Conversation } from "./conversation";

const CONFETTI: ServerEvent = { type: "client_effect", name: "confetti" };
const BELL: ServerEvent = { type: "client_effect", name: "bell", data: { loud: true } };
const TOLD = [
  { name: "confetti", data: {} },
  { name: "bell", data: { loud: true } },
];

let host: FakeHost;
let conversation: Conversation;
beforeEach(() => {
  ({ host, conversation } = begun());
});

const told = () => host.details("chatkit.effect");

/** Asks, and leaves the thread once the first effect has come; the run lives on. */
async function left(): Promise<void> {
  await opened(host, conversation);
  host.on("threads.add_user_message", ({ signal }) => {
    const stream = new OpenStream(signal, "r1");
    for (const event of [...WHOLE.slice(1, 3), CONFETTI]) stream.send(event);
    return stream.response;
  });
  void conversation.send(INPUT);
  await vi.waitFor(() => expect(told()).toHaveLength(1));
  await conversation.open(null);
  host.on("GET /runs/r1/events?after=0", () => events([...WHOLE.slice(1, 3), CONFETTI, BELL, ...WHOLE.slice(3)]));
}

test("an effect is told once where its answer is taken up again, and a later one still comes", async () => {
  await left();
  for (let times = 0; times < 2; times++) {
    await opened(host, conversation, "r1");
    await vi.waitFor(() => expect(host.details("chatkit.response.end")).toHaveLength(times + 2));
    expect(told()).toEqual(TOLD);
  }
});

test.each([
  ["is not told again after a reload", "here", TOLD],
  ["is told by another element of the page too", "there", [TOLD[0], ...TOLD]],
])("an effect %s", async (_, scope, all) => {
  await left();
  host.scope = scope;
  conversation = new Conversation(host);
  await opened(host, conversation, "r1");
  await vi.waitFor(() => expect(told()).toEqual(all));
});

test("the same effect twice in one answer, and again in the next, is told each time", async () => {
  await opened(host, conversation);
  for (const run of ["r1", "r2"]) {
    host.on("threads.add_user_message", () => events([...WHOLE.slice(1), CONFETTI, CONFETTI], { run }));
    host.on(`GET /runs/${run}/events?after=5`, () => events([], { over: "completed" }));
    await conversation.send(INPUT);
  }
  expect(told()).toHaveLength(4);
});
