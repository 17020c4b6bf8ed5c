/** Puts the chat into the launcher: its style sheet, its scripts, and the container that they start in. */
import { CONFIG } from "../page/config";
import { trustedAddress } from "../trusted-types";
import type { Contents } from "./config";

// Only there while the script runs for the first time.
const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce ?? "";

/** Resolves to the container, outside the page yet, once its style sheet is there. */
export async function made({ config, ours, style, page_script, script, parts, image_paths }: Contents) {
  const container = box("chatkit-container");
  container.dataset.chatkit = "";
  if (ours) container.dataset.ours = "";
  container.dataset.state = "loading";
  const cover = box("ck-cover");
  cover.dataset.ckCover = "";
  const skeleton = box("ck-skeleton");
  for (const kind of ["start", "wide", "chip", "chip", "composer"]) skeleton.append(box(`ck-bones ck-bones-${kind}`));
  cover.append(skeleton);
  container.append(cover);
  Object.assign(container, { [CONFIG]: config });

  // Our own scripts run in their order: the second finds the element, and need not wait for it.
  if (script && !customElements.get("openai-chatkit")) {
    load(script, !ours, { chatkitScript: "", chatkitParts: parts, imagePaths: image_paths });
  }
  if (!(Symbol.for("chatkit.page") in window)) load(page_script, !ours, {});
  await sheet(style);
  return container;
}

function box(css: string): HTMLElement {
  return Object.assign(document.createElement("div"), { className: css });
}

function load(address: string, async: boolean, data: Record<string, string>): void {
  const script = document.createElement("script");
  if (nonce) script.nonce = nonce;
  for (const [name, value] of Object.entries(data)) if (value || name === "chatkitScript") script.dataset[name] = value;
  script.async = async;
  script.src = trustedAddress(new URL(address, location.href).href);
  document.head.append(script);
}

/** A missing style sheet is no reason to have no chat. */
function sheet(address: string): Promise<unknown> {
  const { href } = new URL(address, location.href);
  const there = [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].some(
    (link) => link.href === href && link.sheet,
  );
  if (there) return Promise.resolve();
  return new Promise((done) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, onload: done, onerror: done });
    if (nonce) link.nonce = nonce;
    document.head.append(link);
  });
}
