"""People who read answers as the element does: where a connection breaks, they go on after the last
frame that they have, on whichever host answers."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Address = tuple[str, int]
NAME = "chat.example.com"
SILENCE = 20.0  # seconds: a stream sends a comment each fifteen
PATIENCE = 120.0  # for one answer, with all that happens to it
PAUSE = 0.3  # before another attempt
BUSY = (429, 502, 503, 504)  # try again


def always(address: Address) -> Callable[[], Address]:
    """The door of a reader who comes back to the same host."""
    return lambda: address


class Broken(Exception):
    """The connection is gone, or has been silent too long."""


class Connection:
    """One request and its answer, read as it comes."""

    def __init__(self, address: Address, secret: str, silence: float = SILENCE) -> None:
        self.address, self.secret, self.silence = address, secret, silence
        self.status = 0
        self.headers: dict[str, str] = {}

    async def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> None:
        try:
            async with asyncio.timeout(self.silence):
                self.reader, self.writer = await asyncio.open_connection(*self.address)
                lines = [
                    f"{method} {path} HTTP/1.1", f"Host: {NAME}", "Connection: close",
                    f"Authorization: Bearer {self.secret}", f"Content-Length: {len(body)}",
                    *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
                ]  # fmt: skip
                self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
                head = await self.reader.readuntil(b"\r\n\r\n")
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Broken(type(error).__name__) from error
        first, *rest = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1])
        for line in rest:
            name, _colon, value = line.partition(": ")
            self.headers[name.lower()] = value

    async def piece(self) -> bytes:
        """What comes next; b"" at the end of the body. Broken where it has none."""
        try:
            async with asyncio.timeout(self.silence):
                if "chunked" not in self.headers.get("transfer-encoding", ""):
                    return await self.reader.read(65536)
                size = int(await self.reader.readuntil(b"\r\n"), 16)
                return (await self.reader.readexactly(size + 2))[:-2]
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Broken(type(error).__name__) from error

    async def whole(self) -> bytes:
        found = b""
        while piece := await self.piece():
            found += piece
        return found

    def close(self) -> None:
        if hasattr(self, "writer"):
            self.writer.transport.abort()


async def ask(
    address: Address, secret: str, method: str, path: str, value: Any = None, **headers: str
) -> tuple[int, bytes]:
    """The status and the whole body of one request; (0, b"") where the host can't be reached."""
    connection = Connection(address, secret)
    body = value if isinstance(value, bytes) else json.dumps(value).encode() if value else b""
    try:
        await connection.send(method, path, body, **{"Content_Type": "application/json"} | headers)
        return connection.status, await connection.whole()
    except Broken:
        return 0, b""
    finally:
        connection.close()


async def call(address: Address, secret: str, kind: str, **params: Any) -> tuple[int, Any]:
    """A request of the protocol that answers JSON."""
    value = {"type": kind, "params": params}
    status, body = await ask(address, secret, "POST", "/api/chatkit", value)
    return status, json.loads(body) if body.startswith((b"{", b"[")) else body


def message(text: str) -> dict[str, Any]:
    return {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "inference_options": {},
    }


@dataclass
class Reading:
    """One question and its answer, as its person sees it."""

    question: str
    secret: str
    thread: str = ""  # a further question in it
    silence: float = SILENCE
    run: str = ""
    shown: str = ""
    frames: int = 0
    over: bool = False
    told: str = ""  # the code of the error that the stream ended with
    refused: list[int] = field(default_factory=list)  # statuses other than 200
    broken: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # a frame that was missing, or came twice
    began: float = 0.0
    first: float = 0.0  # seconds to the first words
    took: float = 0.0
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    on_text: Callable[[Reading], None] | None = None
    _rest: bytes = b""

    async def read(self, door: Callable[[], Address]) -> Reading:
        """To its end, by whichever `door` is open."""
        self.began = self.began or time.monotonic()
        while not self.over:
            if time.monotonic() - self.began > PATIENCE:
                self.wrong.append("no end")
                return self
            try:
                await self.once(door())
            except Broken as error:
                self.broken.append(str(error))
                await asyncio.sleep(PAUSE)
        self.took = time.monotonic() - self.began
        return self

    async def once(self, address: Address, until: int = 0) -> None:
        """By one connection, to the end of the answer, or till `until` frames are there. Broken."""
        connection = Connection(address, self.secret, self.silence)
        self._rest = b""
        try:
            await self._send(connection)
            if connection.status != 200:
                # Sent again before the first request has got on: it is still being begun.
                again = connection.status == 409 and bool(self.broken)
                if not again:
                    self.refused.append(connection.status)
                self.over = not again and connection.status not in BUSY
                raise Broken(str(connection.status))
            self.run = connection.headers.get("x-chatkit-run", self.run)
            while piece := await connection.piece():
                self._take(piece)
                if until and self.frames >= until:
                    return
            self.over = True
        finally:
            connection.close()

    async def _send(self, connection: Connection) -> None:
        if self.run:
            path = f"/api/chatkit/runs/{self.run}/events?after={self.frames}"
            await connection.send("GET", path)
            return
        kind = "threads.add_user_message" if self.thread else "threads.create"
        params: dict[str, Any] = {"input": message(self.question)}
        if self.thread:
            params["thread_id"] = self.thread
        body = json.dumps({"type": kind, "params": params}).encode()
        await connection.send(
            "POST", "/api/chatkit", body, Content_Type="application/json", Idempotency_Key=self.key
        )

    def _take(self, piece: bytes) -> None:
        *frames, self._rest = (self._rest + piece).split(b"\n\n")
        for frame in frames:
            number, data = 0, b""
            for line in frame.split(b"\n"):
                if line.startswith(b"id: "):
                    number = int(line[4:])
                elif line.startswith(b"data: "):
                    data = line[6:]
            if not data:
                continue  # a comment
            self.frames += 1
            if number and number != self.frames:
                self.wrong.append(f"frame {number} came as the {self.frames}th")
                self.frames = number
            self._see(json.loads(data))

    def _see(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind == "thread.created":
            self.thread = event["thread"]["id"]
        elif kind == "error":
            self.told = str(event.get("code", "error"))
        elif kind == "thread.item.updated" and "delta" in event["update"]:
            self.first = self.first or time.monotonic() - self.began
            self.shown += event["update"]["delta"]
            if self.on_text is not None:
                self.on_text(self)


def counted(text: str) -> int:
    """The words "1 2 3 …" of an answer; -1 where one is missing or stands twice."""
    words = text.split()
    return len(words) if words == [str(number) for number in range(1, len(words) + 1)] else -1


async def kept(address: Address, secret: str, thread: str) -> tuple[str, bool] | None:
    """The words of the last answer of a conversation, and whether it is being written; None where
    nobody says."""
    connection = Connection(address, secret)
    body = json.dumps({"type": "threads.get_by_id", "params": {"thread_id": thread}}).encode()
    try:
        await connection.send("POST", "/api/chatkit", body, Content_Type="application/json")
        if connection.status != 200:
            return None
        items = json.loads(await connection.whole())["items"]["data"]
    except Broken:
        return None
    finally:
        connection.close()
    said = ""
    for item in items:
        if item["type"] == "user_message":
            said = ""
        elif item["type"] == "assistant_message":
            said += "".join(part["text"] for part in item["content"])
    return said, "x-chatkit-run" in connection.headers
