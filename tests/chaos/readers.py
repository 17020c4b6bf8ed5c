"""Many people who read an answer each, and what they saw beside what is stored."""

from __future__ import annotations

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..selfhosted.protocol import create, events, text_of
from ..selfhosted.realserver import Answer, RealServer

PATIENCE = 60.0  # seconds that a stream may take: one without an end is none of these


@dataclass
class Reader:
    """One question and the stream that answers it."""

    question: str
    status: int = 0  # of the answer; 0 where the server could not be reached
    data: bytes = b""
    took: float = 0.0  # seconds from the question to the end of its stream
    enough: threading.Event = field(default_factory=threading.Event)  # some text has come, or none

    @property
    def seen(self) -> list[dict[str, Any]]:
        """The whole events that came."""
        return events(self.data[: self.data.rfind(b"\n\n") + 2])

    @property
    def shown(self) -> str:
        return text_of(self.seen)

    @property
    def told(self) -> bool:
        """Whether it was told that something is wrong."""
        return self.status != 200 or bool(self.seen and self.seen[-1]["type"] == "error")

    @property
    def thread_id(self) -> str:
        return next((e["thread"]["id"] for e in self.seen if e["type"] == "thread.created"), "")

    def read(self, server: RealServer, some: bytes) -> None:
        began = time.monotonic()
        try:
            answer = server.call(create(self.question))
            self.status = answer.status
            self._take(answer, some, began + PATIENCE)
        except (OSError, http.client.HTTPException):
            pass  # the server has gone: what had come counts
        finally:
            self.took = time.monotonic() - began
            self.enough.set()

    def _take(self, answer: Answer, some: bytes, deadline: float) -> None:
        self.data = answer.data
        while chunk := b"" if self.status != 200 else answer.response.read1(65536):
            self.data += chunk
            if some in self.data:
                self.enough.set()
            assert time.monotonic() < deadline, "a stream without an end"


class Readers:
    """`count` of them at once, each on a thread of its own."""

    def __init__(self, server: RealServer, question: str, count: int) -> None:
        self.server = server
        self.all = [Reader(question) for _ in range(count)]

    def begin(self, some: str = "") -> Readers:
        """Ask; returns when each has seen `some` text, or its answer is over."""
        some_bytes = some.encode() or b"\n\n"
        self._threads = [
            threading.Thread(target=reader.read, args=(self.server, some_bytes), daemon=True)
            for reader in self.all
        ]
        for thread in self._threads:
            thread.start()
        for reader in self.all:
            assert reader.enough.wait(PATIENCE), "no text came"
        return self

    def end(self) -> Readers:
        """Wait for the end of each stream."""
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a stream without an end"
        return self

    def stored(self, *, seconds: float = 30) -> list[str]:
        """What is kept of each answer, once its thread is free; every question is asserted."""
        with ThreadPoolExecutor(10) as callers:
            return list(callers.map(partial(self._stored, seconds), self.all))

    def _stored(self, seconds: float, reader: Reader) -> str:
        if not reader.thread_id:
            return ""
        deadline = time.monotonic() + seconds
        while (items := self._settled(reader.thread_id)) is None:
            assert time.monotonic() < deadline, f"an answer was not stored within {seconds} s"
            time.sleep(0.2)  # what is measured is not to be held up by this
        assert items[0]["type"] == "user_message", "a question was lost"
        assert items[0]["content"][0]["text"] == reader.question
        said = [item for item in items if item["type"] == "assistant_message"]
        return "".join(part["text"] for item in said for part in item["content"])

    def _settled(self, thread_id: str) -> list[Any] | None:
        """The thread's items once no run of it lives; None before, or where it can't be read."""
        answer = self.server.call({"type": "threads.get_by_id", "params": {"thread_id": thread_id}})
        if answer.status != 200 or answer.headers["X-ChatKit-Run"]:
            answer.drop()
            return None
        return list(answer.json()["items"]["data"])


def health(server: RealServer) -> dict[str, Any]:
    """Health's words and `took`, the seconds that they took."""
    began = time.monotonic()
    answer = server.send("GET", "/api/chatkit/health")
    if answer.status == 200:
        answer.read()
    return json.loads(answer.data) | {"took": time.monotonic() - began}
