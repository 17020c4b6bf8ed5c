// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { lazy } from "../lazy-import";
import { FakeHost } from "../testing/fake-host";
import { partOf } from "../testing/part";
import { Suggesting } from "./suggesting";

vi.mock("../lazy-import", () => ({ lazy: vi.fn() }));

const insert = vi.fn();
class Suggest {
  insert = insert;
}
const TEMPLATE = { id: "t", label: "Refund", text: "Please refund {{order}}" };

let host: FakeHost;
let said: string[];
let suggesting: Suggesting;
beforeEach(() => {
  said = [];
  host = new FakeHost();
  host.options = { ...host.options, commands: { enabled: true } };
  const ui = { ...host, strings: host.strings, options: host.options, changed() {}, composer: { text: "/" } };
  suggesting = new Suggesting(partOf(ui), (text) => said.push(text));
  vi.mocked(lazy)
    .mockReset()
    .mockRejectedValueOnce(new TypeError("no network"))
    .mockResolvedValue({ Suggest } as never);
});

test("that the menu can't be fetched is said, and the next letter tries again", async () => {
  suggesting.written();
  await vi.waitFor(() => expect(said).toEqual([host.strings.suggestFailed]));
  expect(suggesting.part).toBeNull();
  await suggesting.with(() => undefined);
  expect(suggesting.part).not.toBeNull();
  expect(said).toHaveLength(1);
});

test("that a template can't be put in is said", async () => {
  suggesting.insert(TEMPLATE);
  await vi.waitFor(() => expect(said).toEqual([host.strings.errors.network]));
  suggesting.insert(TEMPLATE);
  await vi.waitFor(() => expect(insert).toHaveBeenCalledWith(TEMPLATE));
});
