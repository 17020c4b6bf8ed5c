import type { ChatKitOptions } from "@openai/chatkit";
import { expect, test } from "vitest";
import { address, fingerprint } from "./options";

const API = { url: "/chatkit", domainKey: "local" };

test("a server is the same however its address is written", () => {
  expect(address({ api: API })).toBe(address({ api: { ...API, url: "https://shop.example/chatkit" } }));
  expect(address({ api: API })).not.toBe(address({ api: { ...API, url: "/other" } }));
  expect(address({ api: { getClientSecret: async () => "a" } })).toBe(
    address({ api: { getClientSecret: async () => "b" } }),
  );
});

test("equal options are the same, with new functions too", () => {
  const options = (): ChatKitOptions => ({ api: { ...API, fetch: () => fetch("/") }, theme: { colorScheme: "dark" } });
  expect(fingerprint(options())).toBe(fingerprint(options()));
  expect(fingerprint({ ...options(), locale: undefined })).toBe(fingerprint(options()));
});

test.each<Partial<ChatKitOptions>>([
  { theme: "dark" },
  { onClientTool: async () => ({}) },
  { composer: { tools: [] } },
])("%j makes a difference", (more) => {
  expect(fingerprint({ api: API, ...more })).not.toBe(fingerprint({ api: API }));
});

test("options that cannot be compared are never the same", () => {
  const round: Record<string, unknown> = { api: API };
  round.widgets = round;
  expect(fingerprint(round as never)).toBeNull();
});
