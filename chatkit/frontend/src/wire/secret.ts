/** The readable part of a client secret: `ck_` + base64url(path of the endpoint) + `.` (+ `token.`) + signature. */

/** True for secrets that a site of its own issued; OpenAI's begin otherwise. */
export function isSelfHosted(secret: string): boolean {
  return secret.startsWith("ck_");
}

/** True where its session was begun by a token: the site has no login cookie of this person. */
export function isByToken(secret: string): boolean {
  return isSelfHosted(secret) && secret.split(".", 2)[1] === "token";
}

/**
 * The address to post to, or null when the secret names no path on the origin of `base`.
 * The path is inside the server's signature, but the element cannot check that, so it accepts
 * nothing that could lead away from the page's own origin.
 */
export function endpointOf(secret: string, base: string): string | null {
  if (!isSelfHosted(secret)) return null;
  const path = decode(secret.slice(3).split(".", 1)[0] ?? "");
  if (path === null || !path.startsWith("/") || path.startsWith("//") || path.startsWith("/\\")) {
    return null;
  }
  try {
    const url = new URL(path, base);
    return url.origin === new URL(base).origin ? url.href : null;
  } catch {
    return null;
  }
}

function decode(text: string): string | null {
  try {
    const bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const octets = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    return null;
  }
}
