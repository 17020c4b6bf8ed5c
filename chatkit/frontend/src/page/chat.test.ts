// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import { Chat } from "./chat";
import { Clock, type PageConfig } from "./config";
import { onOtherLogin } from "./logins";
import { SessionApi, SessionError } from "./session";
import { Sessions } from "./sessions";

vi.mock("./icons", () => ({ icon: () => document.createElement("i") }));
vi.mock("./logins", () => ({ onOtherLogin: vi.fn() }));
vi.mock("./script", () => ({ TAG: "made-chat", ScriptMissing: class extends Error {}, scriptReady: async () => {} }));
vi.mock("./theme", () => ({ paint: () => undefined, themeFor: () => "light" }));

class Made extends HTMLElement {
  override tabIndex = 0;
  setOptions = () => this.dispatchEvent(new CustomEvent("chatkit.ready"));
  focusComposer = async () => this.focus();
}

let container: HTMLElement;
let chat: Chat;

beforeEach(() => {
  if (!customElements.get("made-chat")) customElements.define("made-chat", Made);
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => undefined }));
  vi.spyOn(Sessions.prototype, "stock").mockResolvedValue();
  container = document.createElement("div");
  document.body.replaceChildren(container);
  sessionStorage.clear();
  const texts = { errorTitle: "Oh", forbiddenTitle: "Not you", tryAgain: "Try again", loggedInTitle: "Hello" };
  const config = {
    now: 0,
    user: "ada",
    blocked: "",
    ask: "",
    workflow: { id: "w" },
    script: {},
    urls: { cancel: "/sessions/SESSION_ID" },
    csrf: { header: "X-CSRFToken", token: "" },
    options: {},
  };
  chat = new Chat(container, partOf({ ...config, texts, templates: {}, notice: "", thread: null }), "one");
});

const failed = new SessionError("down", "The server is down.");
const title = () => container.querySelector("h2");

test("whoever tries again is taken to what comes of it", async () => {
  const stock = vi.mocked(Sessions.prototype.stock).mockRejectedValue(failed);
  chat.enter();
  await expect.poll(() => chat.status).toBe("problem");
  expect(document.activeElement).toBe(document.body);
  const press = async (then: string) => {
    container.querySelector("button")?.focus();
    container.querySelector("button")?.click();
    await expect.poll(() => chat.status).toBe(then);
  };
  await press("problem");
  expect(document.activeElement).toBe(title());
  stock.mockResolvedValue();
  await press("ready");
  expect(document.activeElement).toBeInstanceOf(Made);
});

test("whoever was in the chat is taken to why it is gone", async () => {
  chat.enter();
  await expect.poll(() => chat.status).toBe("ready");
  expect(document.activeElement).toBe(document.body);
  container.querySelector<HTMLElement>("made-chat")?.focus();
  vi.spyOn(Sessions.prototype, "renew").mockRejectedValue(new SessionError("forbidden", "No more.", 403));
  vi.mocked(onOtherLogin).mock.lastCall?.[1]();
  await expect.poll(() => chat.status).toBe("problem");
  expect(document.activeElement).toBe(title());
  expect(container.querySelector("made-chat")).toBeNull();
});

test.each([
  [true, true, "Hello"],
  [true, false, "Oh"],
  [false, true, "Oh"],
])("a refused call tells a visitor's page, %s, of a login where there was one, %s", async (visitor, loggedIn, said) => {
  chat.config.visitor = visitor;
  chat.enter();
  await expect.poll(() => chat.status).toBe("ready");
  sessionStorage.setItem("chatkit:unsent:w:", "[]");
  const refused = { code: "csrf_failed", message: "Reload.", ...(loggedIn ? { logged_in: "true" } : {}) };
  vi.spyOn(Sessions.prototype, "renew").mockImplementation(
    () => new SessionApi(chat.config, new Clock(0)).cancel("one") as Promise<never>,
  );
  vi.stubGlobal("fetch", async () => Response.json({ error: refused }, { status: 403 }));
  vi.mocked(onOtherLogin).mock.lastCall?.[1]();
  await expect.poll(() => chat.status).toBe("problem");
  expect(title()?.textContent).toBe(said);
  expect(sessionStorage.getItem("chatkit:unsent:w:")).toBe("[]");
});

test("the window holds no element that another has taken the place of, and no page that was put away", async () => {
  const listening = vi.spyOn(window, "addEventListener");
  const held = (type: string) =>
    listening.mock.calls.filter(
      ([name, , options]) => name === type && !(options as AddEventListenerOptions | undefined)?.signal?.aborted,
    ).length;
  container.dataset.ckPage = "";
  Object.assign(chat.config, { page: true });
  chat.enter();
  await expect.poll(() => chat.status).toBe("ready");
  await chat.start();
  expect(chat.status).toBe("ready");
  expect([held("online"), held("offline"), held("resize")]).toEqual([1, 1, 1]);
  chat.leave();
  expect([held("online"), held("offline"), held("resize")]).toEqual([0, 0, 0]);
  chat.enter();
  await expect.poll(() => chat.status).toBe("ready");
  expect([held("online"), held("offline"), held("resize")]).toEqual([1, 1, 1]);
});

test("what waits for a login is there where there is no chat", () => {
  sessionStorage.setItem("chatkit:draft:w:", "Hello");
  const at = (user: string, blocked: PageConfig["blocked"]) => {
    const { config } = chat;
    new Chat(document.createElement("div"), { ...config, user, blocked }, "one");
    return sessionStorage.getItem("chatkit:draft:w:");
  };
  expect(at("", "logged_out")).toBe("Hello");
  expect(at("ada", "")).toBe("Hello");
  expect(at("bob", "offline")).toBeNull();
});
