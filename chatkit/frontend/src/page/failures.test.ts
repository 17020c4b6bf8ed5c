// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import type { Clock, PageConfig } from "./config";
import { Failures } from "./failures";
import { ScriptMissing } from "./script";
import { SessionError } from "./session";

vi.mock("./script", () => ({ ScriptMissing: class extends Error {} }));

const end = { from: 1000, text: "The end was announced." };
const config = partOf<PageConfig>({ sunset: end, texts: { tryAgain: "Again" }, urls: { login: "/login/" } });
const at = (now: number) => new Failures(config, partOf<Clock>({ now: () => now }), () => undefined, true);

test.each(["network", "bad_response", "server_error", "openai_error", "openai_timeout"])(
  "%s is not told to be OpenAI's end",
  (code) => {
    const [, state] = at(2000).of(new SessionError(code, "It failed."));
    expect(state.text).toBe("It failed.");
    expect(state.more).toBeUndefined();
  },
);

test("a script of OpenAI's that does not come may be its end, from the announced day on", () => {
  expect(at(999).of(new ScriptMissing())[1].more).toBeUndefined();
  expect(at(1000).of(new ScriptMissing())[1].more).toBe(end.text);
});
