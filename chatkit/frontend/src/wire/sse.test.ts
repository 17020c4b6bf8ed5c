import { describe, expect, test } from "vitest";
import { readPayloads, SseParser } from "./sse";

const STREAM = 'event: x\nid: 7\ndata: {"a":1}\n\n: a comment\n\ndata: one\ndata:two\n\ndata: ¡año 😀!\r\n\r\n';
const PAYLOADS = ['{"a":1}', "one\ntwo", "¡año 😀!"];

/** Bytes of a text in pieces of `size`, which may cut a character in two. */
function inPieces(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

async function payloads(stream: ReadableStream<Uint8Array>): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of readPayloads(stream)) found.push(...batch);
  return found;
}

describe("SseParser", () => {
  test("gives the data of each event and ignores comments and other fields", () => {
    expect(new SseParser().feed(STREAM)).toEqual(PAYLOADS);
  });

  test("waits for the empty line that ends an event", () => {
    const parser = new SseParser();
    expect(parser.feed("data: half")).toEqual([]);
    expect(parser.feed(" and half\n")).toEqual([]);
    expect(parser.feed("\n")).toEqual(["half and half"]);
  });

  test("takes a line end that is cut in two as one", () => {
    const parser = new SseParser();
    expect([...parser.feed("data: a\r"), ...parser.feed("\ndata: b\r\n\r"), ...parser.feed("\n")]).toEqual(["a\nb"]);
  });

  test("takes away one space after the colon and no more", () => {
    expect(new SseParser().feed("data:  two\n\ndata:none\n\n")).toEqual([" two", "none"]);
  });
});

describe("readPayloads", () => {
  test.each([1, 2, 3, 7, 1000])("reads the same in pieces of %d bytes", async (size) => {
    expect(await payloads(inPieces(STREAM, size))).toEqual(PAYLOADS);
  });

  test("drops an event that was never ended", async () => {
    expect(await payloads(inPieces("data: whole\n\ndata: cut", 4))).toEqual(["whole"]);
  });

  test("gives what one read completed together", async () => {
    const batches: string[][] = [];
    for await (const batch of readPayloads(inPieces("data: 1\n\ndata: 2\n\n", 1000))) batches.push(batch);
    expect(batches).toEqual([["1", "2"]]);
  });

  test("lets go of the connection when the reader leaves", async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode("data: x\n\n")),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const _ of readPayloads(endless)) break;
    expect(cancelled).toBe(true);
  });
});
