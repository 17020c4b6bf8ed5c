// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { CONFIG, type PageConfig } from "../page/config";
import { Launcher } from "./element";

// Without the style sheet and the scripts, which this DOM does not load.
vi.mock("./contents", () => ({
  made: async ({ config }: { config: PageConfig }) => {
    const chat = Object.assign(document.createElement("div"), { [CONFIG]: config });
    chat.dataset.chatkit = "";
    return chat;
  },
}));

let launcher: Launcher;

beforeEach(() => {
  vi.stubGlobal("fetch", () => new Promise(() => undefined));
  if (!customElements.get("chatkit-launcher")) customElements.define("chatkit-launcher", Launcher);
  launcher = document.createElement("chatkit-launcher") as Launcher;
  document.body.replaceChildren(launcher);
  launcher.open();
});

/** A place in the panel: the events of this DOM pass by slots, in which the chat stands. */
const inside = () => launcher.shadowRoot?.querySelector("dialog .body") as HTMLElement;

/** True where the browser is left to do what it does with Escape. */
function escaped(at: Element): boolean {
  const init = { key: "Escape", bubbles: true, composed: true, cancelable: true };
  return at.dispatchEvent(new KeyboardEvent("keydown", init));
}

test("Escape closes the launcher", () => {
  const field = document.createElement("textarea");
  inside().append(field);
  expect(escaped(field)).toBe(false);
  expect(launcher.isOpen).toBe(false);
});

test("Escape in a dialog of the chat is that dialog's", () => {
  const chat = document.createElement("div");
  inside().append(chat);
  const dialog = document.createElement("dialog");
  dialog.append(document.createElement("button"));
  chat.attachShadow({ mode: "open" }).append(dialog);
  dialog.showModal();
  expect(escaped(dialog.firstElementChild as Element)).toBe(true);
  expect(launcher.isOpen).toBe(true);
});

test("who writes in the chat goes on writing where the panel becomes a sheet, or the other way round", () => {
  const chat = document.createElement("div");
  const field = document.createElement("textarea");
  chat.attachShadow({ mode: "open" }).append(field);
  launcher.append(chat);
  field.focus();
  // So it is in browsers, as the chat stands in a slot; this DOM throws.
  Object.defineProperty(launcher.shadowRoot, "activeElement", { value: null });
  const close = vi.spyOn(HTMLDialogElement.prototype, "close").mockImplementation(() => field.blur());
  launcher.connectedCallback(); // shows it anew, as it does at another width
  expect(close).toHaveBeenCalled();
  close.mockRestore();
  expect(chat.shadowRoot?.activeElement).toBe(field);
});

test("who is elsewhere on the page stays there", () => {
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  launcher.connectedCallback();
  expect(document.activeElement).toBe(field);
});

/** Another page of this tab, with what the server says of who is there. */
function nextPage(data: Record<string, string>): Launcher {
  const made = document.createElement("chatkit-launcher") as Launcher;
  Object.assign(made.dataset, data);
  document.body.replaceChildren(made);
  made.connectedCallback();
  return made;
}

/** What the server says of who is there. */
function answered(config: Partial<PageConfig>) {
  const asked = vi.fn(async (_url: string) => Response.json({ config: { blocked: "", options: {}, ...config } }));
  vi.stubGlobal("fetch", asked);
  return asked;
}

/** What the chat in the panel is given, once it is there. */
async function shown(page: Launcher): Promise<PageConfig> {
  const chat = () => page.querySelector("[data-chatkit]");
  await expect.poll(chat).not.toBeNull();
  return (chat() as unknown as { [CONFIG]: PageConfig })[CONFIG];
}

describe("what somebody has written", () => {
  const DRAFT = "chatkit:draft:w:";
  const written = (by: string) => {
    sessionStorage.setItem("chatkit:user", by);
    sessionStorage.setItem("chatkit:launcher:open", "1");
    sessionStorage.setItem(DRAFT, "Where is my order?");
  };
  const draft = () => sessionStorage.getItem(DRAFT);

  test("is there after the page of the login", () => {
    written("ada");
    const stranger = nextPage({ user: "", visitor: "true" });
    expect(stranger.isOpen).toBe(false);
    expect(draft()).not.toBeNull();
    expect(nextPage({ user: "ada", visitor: "false" }).isOpen).toBe(true);
    expect(draft()).not.toBeNull();
  });

  test("waits on a page made for a stranger until the server says who is there", async () => {
    written("ada");
    sessionStorage.setItem("chatkit:thread:w", "thr_ada");
    const asked = answered({ user: "ada", visitor: false });
    const page = nextPage({ user: "", visitor: "true", workflow: "w", url: "/launcher" });
    page.open();
    expect(draft()).not.toBeNull();
    expect((await shown(page)).user).toBe("ada");
    expect(draft()).not.toBeNull();
    expect(asked.mock.lastCall?.[0]).not.toContain("thr_ada");
  });

  test("is there once a user whose login has run out has logged in again", async () => {
    written("ada");
    answered({ user: "", visitor: true });
    const page = nextPage({ user: "ada", visitor: "false", workflow: "w", url: "/launcher" });
    expect(await shown(page)).toMatchObject({ user: "ada", visitor: false, blocked: "logged_out" });
    answered({ user: "", visitor: true });
    const visitors = nextPage({ user: "", visitor: "true", workflow: "w", url: "/launcher" });
    visitors.open();
    expect((await shown(visitors)).blocked).toBe("");
  });

  test("without a login is the user's who was that visitor", () => {
    written("visitor");
    nextPage({ user: "visitor", visitor: "true" });
    // Another tab has logged in.
    const init = { key: "chatkit:user", newValue: "ada", storageArea: localStorage };
    dispatchEvent(new StorageEvent("storage", init));
    expect(draft()).not.toBeNull();
    nextPage({ user: "ada", visitor: "false", was: "visitor" });
    expect(draft()).not.toBeNull();
    nextPage({ user: "bob", visitor: "false" });
    expect(draft()).toBeNull();
  });
});
