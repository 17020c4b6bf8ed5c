import { expect, test } from "vitest";
import { FakeHost, json } from "../testing/fake-host";
import { Remote } from "./remote";

test("a search is made without the characters that no server keeps", async () => {
  const host = new FakeHost().on("GET /threads/search?q=money+back", () => json({ data: [], after: null }));
  await new Remote(host.client).search("mon\0ey\ud83d back", null, new AbortController().signal);
  expect(host.requests).toHaveLength(1);
});
