import { expect, test } from "vitest";
import { partOf } from "../testing/part";
import { ApiError } from "../wire/api-error";
import { Connection } from "./connection";

function element() {
  const told: unknown[] = [];
  const host = {
    online: true,
    conversation: { state: { reconnecting: false, failure: null as { error: ApiError } | null } },
    emit: (_name: string, detail: unknown) => void told.push(detail),
    addController: () => undefined,
  };
  const connection = new Connection(partOf(host));
  return { host, told, updated: () => connection.hostUpdated() };
}

test.each([
  ["the browser is offline", { online: false }],
  ["an answer is being taken up again", { reconnecting: true }],
  ["a call did not arrive", { code: "network" }],
  ["an answer broke off", { code: "interrupted" }],
])("the page hears once that %s, and once that it is over", (_, now: Record<string, unknown>) => {
  const { host, told, updated } = element();
  updated();
  expect(told).toEqual([]);
  if (now.online === false) host.online = false;
  if (now.reconnecting) host.conversation.state.reconnecting = true;
  if (now.code) host.conversation.state.failure = { error: new ApiError(String(now.code), "") };
  updated();
  updated();
  expect(told).toEqual([{ name: "connection", data: { lost: true } }]);
  host.online = true;
  Object.assign(host.conversation.state, { reconnecting: false, failure: null });
  updated();
  expect(told.slice(1)).toEqual([{ name: "connection", data: { lost: false } }]);
});

test("a failure that has nothing to do with the connection is none of it", () => {
  const { host, told, updated } = element();
  host.conversation.state.failure = { error: new ApiError("rate_limited", "") };
  updated();
  expect(told).toEqual([]);
});
