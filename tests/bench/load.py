"""The clients: a small HTTP/1.1 client on asyncio streams, and rounds of many at once.

Own code, since a client library costs more processor time than the servers do. Loopback only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds for one response


class BadAnswer(Exception):
    """The server said something else than it should."""


@dataclass
class Response:
    """`first` is the seconds from the request to the first byte of the body."""

    status: int
    first: float
    body: bytes


class Client:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> Response:
        """Send one request and read its whole response."""
        async with asyncio.timeout(PATIENCE):
            if self.reader is None or self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
            lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}:{self.port}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
            begun = time.perf_counter()
            self.writer.write("\r\n".join(lines).encode() + body)
            return await self._response(self.reader, begun)

    async def _response(self, reader: asyncio.StreamReader, begun: float) -> Response:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head.split(b" ", 2)[1])
        if b"transfer-encoding: chunked" not in head:
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
            body = await reader.readexactly(length)
            return Response(status, time.perf_counter() - begun, body)
        chunks: list[bytes] = []
        first = 0.0
        while size := int(await reader.readuntil(b"\r\n"), 16):
            first = first or time.perf_counter() - begun
            chunks.append((await reader.readexactly(size + 2))[:-2])
        await reader.readexactly(2)
        return Response(status, first, b"".join(chunks))

    async def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()


@dataclass
class Call:
    """What one client posts again and again, and what makes its answer a good one."""

    path: str
    body: bytes
    headers: dict[str, str]
    good: Callable[[bytes], bool]


@dataclass
class Round:
    """What a round measured. Times in seconds."""

    clients: int
    per_second: float = 0.0  # answers
    first: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Answers that came whole."""
        return len(self.first)

    def first_byte(self, share: float) -> float:
        """The first byte's time that this share of the answers kept below, in milliseconds."""
        ordered = sorted(self.first)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def _client(client: Client, call: Call, until: float, result: Round) -> None:
    begun = ended = time.perf_counter()
    count = 0
    while ended < until:
        response = await client.post(call.path, call.body, call.headers)
        if response.status != 200 or not call.good(response.body):
            raise BadAnswer(f"{call.path}: {response.status} {response.body[:400]!r}")
        result.first.append(response.first)
        count += 1
        ended = time.perf_counter()
    # By each client's own time: the round as a whole ends with its slowest answer, and where
    # answers take seconds that would measure how many of them just began in time.
    result.per_second += count / (ended - begun)


async def run_round(port: int, calls: Iterable[Call], seconds: float) -> Round:
    """Every call by a client of its own, over and over, for so long. BadAnswer ends it."""
    calls = list(calls)
    clients = [Client(port) for _ in calls]
    result = Round(len(calls))
    until = time.perf_counter() + seconds
    try:
        async with asyncio.TaskGroup() as group:
            for client, call in zip(clients, calls, strict=True):
                group.create_task(_client(client, call, until, result))
    finally:
        for client in clients:
            await client.close()
    return result
