/**
 * The start screen as readers see it, drawn by the chat's own element from the list that the server wrote, in its
 * order. Readers of the list miss nothing: the drawing is inert. Without the element the list is what is shown.
 */
import type { ChatKitOptions, OpenAIChatKit } from "@openai/chatkit";
import { onSchemeChange } from "../page/scheme";
import { themeFor } from "../page/theme";

type Options = Omit<ChatKitOptions, "api">;
type Prompt = NonNullable<NonNullable<ChatKitOptions["startScreen"]>["prompts"]>[number];

/** A server that has nothing: the preview has no conversations, and sends no question. */
const api: ChatKitOptions["api"] = {
  url: "preview",
  domainKey: "preview",
  fetch: async () => Response.json({ data: [], has_more: false }),
};

function promptOf(row: HTMLElement): Prompt[] {
  const { text: label, prompt, icon } = row.dataset;
  if (row.hidden || label === undefined) return [];
  return [{ label, prompt: prompt ?? label, ...(icon ? { icon: icon as Prompt["icon"] } : {}) } as Prompt];
}

/** Draws the list of the box in its place, and again whenever the order or the page's colours change. */
export async function drawPreview(box: HTMLElement): Promise<void> {
  const list = box.querySelector<HTMLElement>("[data-ckc-preview]");
  const given = box.querySelector("script")?.textContent;
  if (!list || !given) return;
  const options = JSON.parse(given) as Options;
  await customElements.whenDefined("openai-chatkit");
  const element = document.createElement("openai-chatkit") as OpenAIChatKit;
  const draw = (): void => {
    const prompts = ([...list.children] as HTMLElement[]).flatMap(promptOf);
    element.setOptions({
      ...options,
      api,
      theme: themeFor(box, options.theme, false),
      startScreen: { ...options.startScreen, prompts },
    });
  };
  element.setAttribute("inert", "");
  element.className = "ckc-start-drawn";
  draw();
  for (const plain of box.querySelectorAll(".ckc-start-greeting, .ckc-start-prompts")) {
    plain.classList.add("chatkit-hidden");
  }
  box.classList.add("is-drawn");
  box.append(element);
  new MutationObserver(draw).observe(list, { childList: true });
  onSchemeChange(draw, new AbortController().signal);
}
