"""The people and the model of `make cluster` and `make soak` see what goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from .client import Address, Reading, counted
from .model import FAULTS, Model

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEAD = "HTTP/1.1 200 OK\r\nX-ChatKit-Run: run_1\r\nTransfer-Encoding: chunked\r\n\r\n"


@asynccontextmanager
async def listening(serve: Serve) -> Any:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[:2]
    finally:
        server.close()
        await server.wait_closed()


def frame(text: str, number: int = 0) -> bytes:
    event = {"type": "thread.item.updated", "item_id": "i", "update": {"delta": text}}
    line = f"id: {number}\n" if number else ""
    return f"{line}data: {json.dumps(event)}\n\n".encode()


class Cut:
    """A site whose first connection breaks after two frames; the next goes on from `number`."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.paths: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.paths.append((await reader.readuntil(b"\r\n\r\n")).decode().split(" ")[1])
        writer.write(HEAD.encode())
        found = [frame("1 "), b": hb\n\n", frame("2 ")]
        if len(self.paths) > 1:
            found = [frame(f"{n} ", n) for n in range(self.number, 5)]
        for data in found:
            writer.write(b"%x\r\n%s\r\n" % (len(data), data))
        if len(self.paths) > 1:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        writer.close()


def read_by(site: Cut) -> Reading:
    async def read() -> Reading:
        async with listening(site.serve) as address:
            return await Reading("count 4", "secret").read(lambda: address)

    return asyncio.run(read())


def test_a_reader_goes_on_after_the_last_frame() -> None:
    site = Cut(3)
    reading = read_by(site)
    assert site.paths == ["/api/chatkit", "/api/chatkit/runs/run_1/events?after=2"]
    assert (counted(reading.shown), reading.wrong, len(reading.broken)) == (4, [], 1)


def test_a_frame_that_is_missing_or_comes_twice_is_seen() -> None:
    assert [bool(read_by(Cut(number)).wrong) for number in (2, 4)] == [True, True]
    assert [counted(text) for text in ("1 2 2 ", "1 3 ", "")] == [-1, -1, 0]


def asked(question: str) -> bytes:
    content = [{"role": "user", "content": question}]
    body = json.dumps({"stream": True, "messages": content}).encode()
    return b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body


async def answered(address: Address, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(request)
    try:
        async with asyncio.timeout(1):
            return await reader.read()
    except TimeoutError:
        return b"hung"
    finally:
        writer.close()
        await writer.wait_closed()


def test_the_model_counts_and_fails_as_often_as_it_is_told_to() -> None:
    async def ask() -> tuple[bytes, list[bytes], dict[str, int]]:
        model = Model(0)
        async with listening(model.serve) as address:
            well = await answered(address, asked("count 3 every 0 ms"))
            model.faults = 100
            failed = [await answered(address, asked("count 4 every 0 ms")) for _ in range(9)]
            counts = await answered(address, b"GET /counts HTTP/1.1\r\n\r\n")
        return well, failed, json.loads(counts.partition(b"\r\n\r\n")[2])

    well, failed, counts = asyncio.run(ask())
    assert [f'"content": "{n} "'.encode() in well for n in (1, 3, 4)] == [True, True, False]
    assert b"[DONE]" in well
    assert not any(b"[DONE]" in answer for answer in failed)
    assert sum(counts[name] for name in FAULTS if name in counts) == 9
    assert counts["well"] == 1
