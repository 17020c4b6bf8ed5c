"""Open paced streams: what each costs, ours and the peer's in turn.

make bench ARGS="--only streams --open 10 100 1000 3000"

Every stream is 20 pieces a second. They are opened one after another; once all are open, a window
is measured: processor time, memory, and whether the pieces come when they should. Each row has a
server of its own, so that memory is that of its streams.
"""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass, field
from functools import partial

from .load import HOST, Call
from .processes import Server

PACE = 20  # pieces a second
OPENED_PER_SECOND = 60
PATIENCE = 120.0
PIECE = b"content_part.text_delta"
WINDOW = 5.0
HEAD = (
    f"{'':28}{'first word p50':>15}{'p95 ms':>8}{'CPU ms/s':>10}{'a core':>8}{'KiB each':>10}"
    f"{'pieces':>8}"
)


@dataclass
class Measured:
    """What the streams of one row took."""

    streams: int
    first: list[float] = field(default_factory=list)  # seconds to the first piece, of each
    processor: float = 0.0  # seconds a second, for all
    memory: float = 0.0  # KiB for each
    pieces: float = 0.0  # of those that should come in the window

    def line(self, title: str) -> str:
        """A row of the table."""
        first = sorted(1000 * seconds for seconds in self.first)
        each = self.processor / self.streams
        return (
            f"{title:28}{first[len(first) // 2]:15.0f}{first[int(len(first) * 0.95)]:8.0f}"
            f"{1000 * each:10.2f}{1 / each:8.0f}{self.memory:10.0f}{100 * self.pieces:7.0f}%"
        )


class Stream(asyncio.Protocol):
    """One open stream: when its first piece came, and how many there were."""

    def __init__(self, call: Call, port: int) -> None:
        lines = [f"POST {call.path} HTTP/1.1", f"Host: {HOST}:{port}"]
        lines += [f"{name}: {value}" for name, value in call.headers.items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(call.body)}", "", ""]
        self.request = "\r\n".join(lines).encode() + call.body
        self.begun = time.perf_counter()
        self.first: float | None = None
        self.pieces = 0
        self.open = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.begun = time.perf_counter()
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.pieces += data.count(PIECE)
        if self.first is None and self.pieces:
            self.first = time.perf_counter() - self.begun
            self.open.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(ConnectionError("a stream ended before its first piece"))


def allow_files() -> None:
    """Let this process and its servers have a file for each stream."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def measure(server: Server, calls: list[Call], idle_kib: float) -> Measured:
    """Open a stream for each call, and measure them while all are open."""
    loop = asyncio.get_running_loop()
    streams: list[Stream] = []
    begun = time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        for number, call in enumerate(calls):
            make = partial(Stream, call, server.port)
            _transport, stream = await loop.create_connection(make, HOST, server.port)
            streams.append(stream)
            late = begun + (number + 1) / OPENED_PER_SECOND - time.perf_counter()
            await asyncio.sleep(max(0.0, late))
        await asyncio.gather(*(stream.open for stream in streams))
    await asyncio.sleep(1.0)  # the last ones' first writes are over
    pieces, used = sum(stream.pieces for stream in streams), server.processor_seconds()
    since = time.perf_counter()
    await asyncio.sleep(WINDOW)
    took = time.perf_counter() - since
    found = Measured(len(streams), [stream.first or 0.0 for stream in streams])
    found.processor = (server.processor_seconds() - used) / took
    found.pieces = (sum(stream.pieces for stream in streams) - pieces) / took
    found.pieces /= PACE * len(streams)
    found.memory = (server.resident_kib() - idle_kib) / len(streams)
    for stream in streams:
        stream.transport.abort()
    return found
