"""A model on a real socket that counts, in a process of its own: "count 40 every 100 ms".

python -m tests.cluster.model ADDRESS PORT --faults 5

So many of a hundred answers fail, each in one of FAULTS' ways. `GET /counts` says how many answers
were begun in which way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
from collections import Counter
from typing import Any

ASKED = re.compile(r"count (\d+) every (\d+) ms")
FAULTS = ("500", "cut", "garbage", "closed", "hung")
HUNG_SECONDS = 30.0
TOKENS_IN = 100


class Model:
    def __init__(self, faults: float, seed: int = 1) -> None:
        self.faults = faults
        self.random = random.Random(seed)
        self.counts: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on each connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = re.search(r"content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            if head.startswith("get "):
                _whole(writer, dict(self.counts))
            else:
                await self._answer(writer, json.loads(body))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            self.counts["left"] += 1  # the client has gone
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, body: dict[str, Any]) -> None:
        failing = self.random.random() * 100 < self.faults
        fault = self.random.choice(FAULTS) if failing else ""
        self.counts[fault or "well"] += 1
        if fault == "500":
            _whole(writer, {"error": {"message": "down"}}, "500 Internal Server Error")
        elif fault == "garbage":
            _head(writer, "200 OK", "text/event-stream")
            writer.write(b"data: {]\n\n\x00\xff<html>")
        elif fault == "hung":
            await asyncio.sleep(HUNG_SECONDS)
        elif fault != "closed":
            await self._count(writer, body, cut=fault == "cut")

    async def _count(self, writer: asyncio.StreamWriter, body: dict[str, Any], cut: bool) -> None:
        count, pause = _asked(body)
        _head(writer, "200 OK", "text/event-stream", "Transfer-Encoding: chunked")
        _chunk(writer, _delta({"role": "assistant", "content": ""}))
        for number in range(1, count + 1):
            if cut and number > count // 2:
                return  # without the end of the body
            _chunk(writer, _delta({"content": f"{number} "}))
            await writer.drain()
            await asyncio.sleep(pause / 1000)
        _chunk(writer, _delta({}, "stop"))
        usage = {
            "prompt_tokens": TOKENS_IN, "completion_tokens": count,
            "total_tokens": TOKENS_IN + count,
        }  # fmt: skip
        _chunk(writer, _delta({}) | {"choices": [], "usage": usage})
        writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")


def _asked(body: dict[str, Any]) -> tuple[int, int]:
    """How far to count and with which pause: what the last question says."""
    for message in reversed(body["messages"]):
        found = ASKED.search(json.dumps(message["content"]))
        if message["role"] == "user" and found:
            return int(found[1]), int(found[2])
    return 3, 0


def _delta(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
        "model": "counting", "choices": [choice],
    }  # fmt: skip


def _head(writer: asyncio.StreamWriter, status: str, kind: str, *more: str) -> None:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close", *more, "", ""]
    writer.write("\r\n".join(lines).encode())


def _whole(writer: asyncio.StreamWriter, value: Any, status: str = "200 OK") -> None:
    data = json.dumps(value).encode()
    _head(writer, status, "application/json", f"Content-Length: {len(data)}")
    writer.write(data)


def _chunk(writer: asyncio.StreamWriter, value: dict[str, Any]) -> None:
    data = f"data: {json.dumps(value)}\n\n".encode()
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("--faults", type=float, default=0.0, help="of a hundred answers")
    options = parser.parse_args()
    model = Model(options.faults)
    server = await asyncio.start_server(model.serve, options.address, options.port, backlog=1000)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
