/** What the tag says of the button, and the server of the chat: see `chatkit/page/launcher.py`. */
import type { PageConfig } from "../page/config";

export interface Words {
  label: string;
  title: string;
  page: string;
  close: string;
  unread: string;
  loading: string;
  failed: string;
  again: string;
}

/** The answer of the server once the chat is opened. */
export interface Contents {
  config: PageConfig;
  ours: boolean;
  style: string;
  page_script: string;
  script: string;
  parts: string;
  image_paths: string;
}

export function wordsOf(launcher: HTMLElement): Words {
  return JSON.parse(launcher.dataset.texts ?? "{}") as Words;
}

/** Reads JSON of this site, with its login cookie. */
export async function read<T>(url: string): Promise<T> {
  const response = await fetch(url, {
    credentials: "same-origin",
    cache: "no-store",
    headers: { Accept: "application/json" },
  });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as T;
}
