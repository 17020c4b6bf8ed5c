/** The playground: controls, the chat as they make it, and the code for it. */
import type { ChatKitOptions, OpenAIChatKit } from "@openai/chatkit";
import { onSchemeChange } from "../page/scheme";
import { themeFor } from "../page/theme";
import { CannedServer, type State, type Texts } from "./canned";
import { react, type Site, script, settings, tag } from "./code";
import { fields, follow, keep, recall, switches } from "./controls";
import { built, isObject, type Options } from "./options";
import { giveWay } from "./page-style";

interface Config {
  options: Options;
  site: Pick<Site, "options" | "attachments" | "own">;
  maxSize: number;
  workflow: string;
  named: boolean;
  session: string;
  texts: Texts & Site["texts"] & { copied: string; notCopied: string; wins: string };
}

/** Works on the page. */
export async function start(box: HTMLElement): Promise<void> {
  const form = box.querySelector("form");
  const chat = box.querySelector<HTMLElement>("[data-ckp-chat]");
  const config = JSON.parse(box.querySelector("script")?.textContent ?? "null") as Config | null;
  if (!form || !chat || !config) return;
  const site: Site = { ...config, ...config.site, base: config.options };
  const server = new CannedServer(config.texts);
  let element: OpenAIChatKit | null = null;
  const now = (): Options => built(config.options, fields(form), switches(form), config.maxSize);

  const notice = box.querySelector<HTMLElement>("[data-ckp-wins]");
  const draw = (): void => {
    const options = now();
    const set = giveWay(chat, options);
    if (notice) {
      notice.hidden = !set.length;
      notice.textContent = config.texts.wins
        .replace(
          "{names}",
          new Intl.ListFormat(document.documentElement.lang || "en", { style: "narrow" }).format(set.map(isolated)),
        )
        .replace("{container}", isolated(".chatkit-container"));
    }
    element?.setOptions(drawn(options, server, chat));
  };
  const write = (): void => {
    const options = now();
    const codes = {
      settings: settings(site, options),
      tag: tag(site),
      javascript: script(site, options),
      react: react(site, options),
    };
    for (const [name, code] of Object.entries(codes)) {
      const place = box.querySelector(`[data-code="${name}"]`);
      if (place) place.textContent = code;
    }
  };
  const changed = (): void => {
    follow(form);
    write();
    keep(form);
    draw();
  };

  recall(form);
  follow(form);
  write();
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => void setTimeout(changed));
  addEventListener("hashchange", () => {
    form.reset();
    recall(form);
    changed();
  });
  copyButtons(box, config.texts);

  await customElements.whenDefined("openai-chatkit");
  element = document.createElement("openai-chatkit") as OpenAIChatKit;
  draw();
  chat.append(element);
  onSchemeChange(draw, new AbortController().signal);
  stateButtons(box, element, server, config.texts.question);
}

/** The options as the element gets them: the page's colours, a server in the page, buttons that do nothing. */
function drawn(options: Options, server: CannedServer, box: HTMLElement): ChatKitOptions {
  const { theme, header, ...rest } = structuredClone(options);
  const bar = isObject(header) ? header : {};
  for (const side of ["leftAction", "rightAction"]) {
    const action = bar[side];
    if (isObject(action)) Object.assign(action, { onClick: () => {} });
  }
  return {
    ...rest,
    header: bar,
    api: {
      url: new URL("canned", location.href).href,
      domainKey: "playground",
      fetch: server.fetch,
      uploadStrategy: { type: "two_phase" },
    },
    theme: themeFor(box, theme as ChatKitOptions["theme"], false),
  } as ChatKitOptions;
}

/** Code inside a sentence that may run from right to left. */
function isolated(code: string): string {
  return `\u2066${code}\u2069`;
}

/** Buttons that bring the chat into a state to look at. */
function stateButtons(box: HTMLElement, element: OpenAIChatKit, server: CannedServer, question: string): void {
  const buttons = [...box.querySelectorAll<HTMLButtonElement>("[data-state]")];
  const show = async (state: State): Promise<void> => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.state === state));
    if (state === "answer" || state === "widgets") return element.setThreadId(state);
    await element.setThreadId(null);
    if (state === "empty") return;
    server.next = state;
    await element.sendUserMessage({ text: question, newThread: true });
  };
  for (const button of buttons) {
    button.addEventListener("click", () => void show(button.dataset.state as State).catch(() => {}));
  }
}

function copyButtons(box: HTMLElement, { copied, notCopied }: Config["texts"]): void {
  const status = box.querySelector("[data-ckp-status]");
  for (const button of box.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.addEventListener("click", async () => {
      const code = box.querySelector(`[data-code="${button.dataset.copy}"]`);
      let said = copied;
      try {
        await navigator.clipboard.writeText(code?.textContent ?? "");
      } catch {
        // Plain http has no clipboard: the text is selected, ready to be copied.
        if (code) getSelection()?.selectAllChildren(code);
        said = notCopied;
      }
      if (status) status.textContent = said;
    });
  }
}

const box = document.querySelector<HTMLElement>("[data-ckp]");
if (box) void start(box);
