/** Which addresses may become links, images and downloads. Everything else is shown as text. */

import { fileFolders } from "./own-script";

const LINKS = new Set(["http:", "https:", "mailto:", "tel:"]);

export interface Deeplink {
  name: string;
  data: Record<string, unknown>;
}

/** The address to put into `href`, relative to `base`; null when it must not become a link. */
export function safeLink(address: unknown, base?: string): string | null {
  const url = parse(address, base);
  return url && LINKS.has(url.protocol) ? url.href : null;
}

/**
 * The address to put into an image's `src`: a file of this site, or a domain that the thread allows.
 * A browser asks for an image by itself, with the reader's login: any other address of the site may do
 * something when it is asked for.
 */
export function safeImage(address: unknown, domains: readonly string[]): string | null {
  const url = parse(address);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  if (isFile(url)) return url.href;
  const host = url.hostname.toLowerCase();
  const allowed = domains.some((domain) => {
    const name = domain.toLowerCase();
    return name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name;
  });
  return allowed ? url.href : null;
}

/** An image that the site itself names, not the text of an answer: any address of the site. */
export function ownImage(address: unknown): string | null {
  const url = parse(address);
  // A server behind a proxy may take itself for one without encryption.
  if (url?.protocol === "http:" && url.host === location.host) url.protocol = location.protocol;
  return url?.origin === location.origin ? url.href : null;
}

function isFile(url: URL): boolean {
  // The browser has resolved `..` already, but leaves these to servers, which may take them for it.
  if (/%2f|%5c|%2e/i.test(url.pathname)) return false;
  return fileFolders.some((folder) => url.href.startsWith(folder));
}

/** A generated image may also be carried inside the answer: bitmaps only, never SVG. */
export function safeGeneratedImage(address: unknown, domains: readonly string[]): string | null {
  if (typeof address === "string" && /^data:image\/(png|jpeg|webp|gif);base64,[\w+/=]+$/.test(address)) return address;
  return safeImage(address, domains);
}

/** `chatkit-link://name?key=value` is for the page, not for the browser. */
export function deeplink(address: unknown): Deeplink | null {
  if (typeof address !== "string") return null;
  const match = /^chatkit-link:\/\/([^?#]*)(?:\?([^#]*))?/i.exec(address.trim());
  if (!match) return null;
  const [, path = "", query = ""] = match;
  let name = path.replace(/(?<!\/)\/+$/, "");
  try {
    name = decodeURIComponent(name);
  } catch {
    // Kept as it was written.
  }
  return { name, data: Object.fromEntries(new URLSearchParams(query)) };
}

export function sameOrigin(address: string): boolean {
  return parse(address)?.origin === location.origin;
}

function parse(address: unknown, base = document.baseURI): URL | null {
  if (typeof address !== "string" || !address.trim()) return null;
  try {
    return new URL(address.trim(), base);
  } catch {
    return null;
  }
}
