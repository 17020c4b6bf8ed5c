// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { watchProgress } from "./progress";

const at = (asked: number, over = false) => Response.json({ asked, total: 8, told: `${asked} of 8`, over });
const text = (selector: string) => document.querySelector(selector)?.textContent;
const isLost = () => document.querySelector<HTMLElement>("[data-ckc-lost]")?.hidden === false;

/** Watches an evaluation of which the server says these things, one after another. */
function watched(...answers: (() => Response)[]): { asked: () => number; over: () => number } {
  document.body.innerHTML = `<div data-ckc-progress="/progress/"><p data-ckc-told>0 of 8</p>
    <progress max="8" value="0"></progress><p data-ckc-lost hidden></p><p role="status"></p></div>`;
  const fetched = vi.fn(async () => answers.shift()?.() ?? at(0));
  vi.stubGlobal("fetch", fetched);
  const over = vi.fn();
  watchProgress(document.querySelector("[data-ckc-progress]") as HTMLElement, over);
  return { asked: () => fetched.mock.calls.length, over: () => over.mock.calls.length };
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

describe("an evaluation that goes on", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  test("is shown as far as it is, and told at each quarter", async () => {
    watched(
      () => at(1),
      () => at(2),
      () => at(3),
    );
    await seconds(2);
    expect(text("[data-ckc-told]")).toBe("1 of 8");
    expect(document.querySelector("progress")?.value).toBe(1);
    expect(text("[role=status]")).toBe("");
    await seconds(2);
    expect(text("[role=status]")).toBe("2 of 8");
    await seconds(2);
    expect(text("[data-ckc-told]")).toBe("3 of 8");
    expect(text("[role=status]")).toBe("2 of 8");
  });

  test("is over once, and nothing is asked any more", async () => {
    const seen = watched(() => at(8, true));
    await seconds(60);
    expect([seen.asked(), seen.over()]).toEqual([1, 1]);
  });

  test("is found again by a server that did not answer for a while, which is asked less and less", async () => {
    const gone = () => {
      throw new TypeError("Failed to fetch");
    };
    const seen = watched(
      gone,
      () => new Response("", { status: 502 }),
      gone,
      () => at(4),
    );
    await seconds(2);
    expect([seen.asked(), isLost()]).toEqual([1, true]);
    await seconds(4 + 8 + 15);
    expect([seen.asked(), isLost()]).toEqual([3, true]);
    await seconds(1);
    expect([seen.asked(), isLost(), text("[data-ckc-told]")]).toEqual([4, false, "4 of 8"]);
    await seconds(2);
    expect(seen.asked()).toBe(5);
  });

  test("that is no longer there is left alone", async () => {
    const seen = watched(() => new Response("", { status: 404 }));
    await seconds(120);
    expect([seen.asked(), seen.over(), isLost()]).toEqual([1, 0, true]);
  });

  test("is not asked about while nobody looks", async () => {
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    const seen = watched(() => at(1));
    await seconds(30);
    expect(seen.asked()).toBe(0);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await seconds(0);
    expect([seen.asked(), text("[data-ckc-told]")]).toEqual([1, "1 of 8"]);
  });
});
