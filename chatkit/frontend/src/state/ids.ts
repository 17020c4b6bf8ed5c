/** Ids for things the server has not named yet. `crypto.randomUUID` needs a secure context; this does not. */
let count = 0;

export function localId(): string {
  return `local-${Date.now().toString(36)}-${(count++).toString(36)}`;
}
