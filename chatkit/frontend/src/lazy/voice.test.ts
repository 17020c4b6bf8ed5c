// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { Composer } from "../state/composer";
import { begun } from "../testing/asked";
import { json } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { Speech } from "./voice";

const nothing = () => undefined;
vi.mock("../voice/recorder", () => ({
  record: async () => ({
    level: () => null,
    pause: nothing,
    resume: nothing,
    release: nothing,
    stop: async () => new Blob(["sound"], { type: "audio/webm" }),
  }),
}));

let composer: Composer;
let speech: Speech;
let now = 0;
beforeEach(() => {
  const { host } = begun();
  vi.spyOn(performance, "now").mockImplementation(() => now);
  host.on("input.transcribe", () => json({ text: "and this" }));
  composer = new Composer(host, () => "here");
  const renderRoot = document.createElement("div").attachShadow({ mode: "open" });
  const updateComplete = Promise.resolve(true);
  const ui = Object.assign(new EventTarget(), {
    composer,
    renderRoot,
    updateComplete,
    client: host.client,
    strings: host.strings,
    announce: nothing,
    changed: nothing,
  });
  speech = new Speech(partOf(ui), () => document.createElement("i"), nothing);
});

async function begin(): Promise<void> {
  speech.dictate();
  await vi.waitFor(() => expect(speech.dictation.phase).toBe("recording"));
  now += 3000;
}

async function finish(): Promise<void> {
  await speech.dictation.finish();
  expect(speech.dictating).toBe(false);
}

/** Begins to ask a question anew. */
function edit(text = "How?"): void {
  composer.setAside();
  composer.clear();
  composer.setText(text);
}

test("what is dictated comes into the draft that it was begun for, and not into the question edited meanwhile", async () => {
  composer.setText("A draft");
  await begin();
  edit();
  expect(speech.panel).toBeNull();
  await finish();
  expect(composer.text).toBe("How?");
  composer.takeUp();
  expect(composer.text).toBe("A draft and this");
});

test("it stays with the draft where that is back before its text comes", async () => {
  composer.setText("A draft");
  await begin();
  edit();
  composer.takeUp();
  expect(speech.panel).not.toBeNull();
  await finish();
  expect(composer.text).toBe("A draft and this");
});

test("what is dictated for a question that is asked anew comes into that", async () => {
  composer.setText("A draft");
  edit();
  await begin();
  expect(speech.panel).not.toBeNull();
  await finish();
  expect(composer.text).toBe("How? and this");
  composer.takeUp();
  expect(composer.text).toBe("A draft");
});

test("where that is left before its text comes, no word is lost", async () => {
  edit();
  await begin();
  edit("When?"); // another one
  await finish();
  expect(composer.text).toBe("When?");
  composer.takeUp();
  expect(composer.text).toBe("and this");
});
