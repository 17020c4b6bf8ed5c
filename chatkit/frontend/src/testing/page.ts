/** The little of a browser's page that the modules under test ask for: an address, a language, storage. */
import { afterAll, vi } from "vitest";

const ADDRESS = "https://shop.example/help/";

class MemoryStorage implements Storage {
  #texts = new Map<string, string>();

  get length(): number {
    return this.#texts.size;
  }

  clear(): void {
    this.#texts.clear();
  }

  getItem(key: string): string | null {
    return this.#texts.get(key) ?? null;
  }

  key(index: number): string | null {
    return [...this.#texts.keys()][index] ?? null;
  }

  removeItem(key: string): void {
    this.#texts.delete(key);
  }

  setItem(key: string, text: string): void {
    this.#texts.set(key, text);
  }
}

const built = {
  __CHUNKS__: {},
  __LANGUAGES__: { ar: "chunk-ar.js", es: "chunk-es.js", pt: "chunk-pt.js" },
};
const page = {
  document: {
    baseURI: ADDRESS,
    currentScript: {
      src: "https://shop.example/static/chatkit/chatkit.js",
      dataset: {},
      getAttribute: () => "https://shop.example/static/chatkit/chatkit.js",
    },
    querySelector: () => null,
  },
  location: new URL(ADDRESS),
  navigator: { language: "en-GB", onLine: true },
  localStorage: new MemoryStorage(),
  sessionStorage: new MemoryStorage(),
  window: new EventTarget(),
};

/** Tests that draw ask for a whole DOM by `@vitest-environment happy-dom`. */
const dom = (globalThis as { happyDOM?: { setURL(address: string): void } }).happyDOM;
dom?.setURL(ADDRESS);
for (const [name, value] of Object.entries(dom ? built : { ...page, ...built })) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

// What the last test of a file has stubbed is no matter of the next file's, whose modules ask as they are read.
afterAll(() => void vi.unstubAllGlobals());
