import { describe, expect, test } from "vitest";
import type { PageConfig } from "./config";
import { Stranger } from "./stranger";

function stranger(user = "", visitor = true) {
  const config = { user, visitor } as PageConfig;
  const element = new EventTarget();
  let known = 0;
  const made = new Stranger(config);
  made.watch(element as never, () => known++);
  const log = (name: string) => element.dispatchEvent(new CustomEvent("chatkit.log", { detail: { name } }));
  return {
    made,
    config,
    log,
    over: () => element.dispatchEvent(new Event("chatkit.response.end")),
    count: () => known,
  };
}

/** Whether it has resolved by now. */
async function settled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

describe("somebody without a login", () => {
  test("asks for no session before writing", async () => {
    const { made, log } = stranger();
    const wait = made.written();
    log("copy");
    expect(await settled(wait)).toBe(false);
    log("message.send");
    await wait;
  });

  test("has no list before the first answer, and one after it", () => {
    const { made, config, over, count } = stranger();
    expect(made.options()).toEqual({ history: { enabled: false } });
    over();
    expect(count()).toBe(0);
    config.user = "0123";
    over();
    over();
    expect(count()).toBe(1);
    expect(made.options()).toEqual({});
  });

  test("who is known, or has logged in, waits for nothing", async () => {
    await stranger("0123").made.written();
    await stranger("0123", false).made.written();
    await stranger("", false).made.written();
  });
});
