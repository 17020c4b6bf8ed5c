/** Ids for things the server has not named yet. `crypto.randomUUID` needs a secure context; this does not. */
let count = 0;

export function localId(): string {
  return `local-${Date.now().toString(36)}-${(count++).toString(36)}`;
}

/** A name that nobody else gives to anything. */
export function uniqueKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
