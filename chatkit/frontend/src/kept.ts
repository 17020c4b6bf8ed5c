/** What the browser keeps for us. Storage is refused in some private windows and frames: then nothing is kept. */

type Where = "sessionStorage" | "localStorage";

export class Kept {
  /** One area of storage; all names get the prefix under which a page clears what another person left. */
  constructor(private readonly where: Where) {}

  get(name: string): string | null {
    return this.#try((storage) => storage.getItem(PREFIX + name)) ?? null;
  }

  /** Keeps a text, or with an empty one forgets it. False where nothing can be kept. */
  set(name: string, text: string): boolean {
    const kept = this.#try((storage) => {
      if (text) storage.setItem(PREFIX + name, text);
      else storage.removeItem(PREFIX + name);
      return true;
    });
    return kept ?? false;
  }

  /** Null for what is not there or not JSON. */
  read<T>(name: string): T | null {
    try {
      return JSON.parse(this.get(name) ?? "null") as T | null;
    } catch {
      return null;
    }
  }

  /** Keeps a value as JSON, or with null forgets it. */
  write(name: string, value: unknown): boolean {
    // An address made for a file on this page ends with the page.
    const lasting = (key: string, held: unknown) =>
      key === "preview_url" && String(held).startsWith("blob:") ? undefined : held;
    return this.set(name, value === null ? "" : JSON.stringify(value, lasting));
  }

  /** The names that begin so. */
  names(start: string): string[] {
    const names = this.#try((storage) =>
      Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ""),
    );
    return (names ?? []).filter((name) => name.startsWith(PREFIX + start)).map((name) => name.slice(PREFIX.length));
  }

  #try<T>(use: (storage: Storage) => T): T | undefined {
    try {
      return use(globalThis[this.where]);
    } catch {
      return undefined;
    }
  }
}

/** Under this name tabs tell each other of a conversation that was deleted. */
export const GONE = "gone";

/** Forgets what this tab keeps of a conversation, or with "*" of all: what was written in it, and into its widgets. */
export function forgetThread(id: string): void {
  for (const name of tab.names("")) if (id === "*" || `${name}:`.includes(`:${id}:`)) tab.set(name, "");
}

export const PREFIX = "chatkit:";

/** For this tab alone. */
export const tab = new Kept("sessionStorage");
/** For every tab of the site. */
export const site = new Kept("localStorage");
