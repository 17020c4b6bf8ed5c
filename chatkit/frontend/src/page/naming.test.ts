// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { partOf } from "../testing/part";
import { Naming } from "./naming";

test("what is named is searched for without the characters that no server keeps", async () => {
  const call = vi.fn(async (_: RequestInfo | URL) => Response.json({ entities: [] }));
  const config = {
    naming: true,
    templates: { any: false },
    script: { ours: true },
    options: {},
    urls: { entities: "/entities/" },
  };
  const { entities } = new Naming(partOf(config), call).options();
  await entities?.onTagSearch?.("ord\0er\ud83d 7");
  expect(String(call.mock.calls[0]?.[0])).toMatch(/\/entities\/\?q=order%207$/);
});
