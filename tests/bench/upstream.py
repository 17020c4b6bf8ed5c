"""Stands for OpenAI's session call: an answer after 50 ms, from a bare ASGI application."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import Any

LATENCY = 0.05  # seconds
numbers = itertools.count(1)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer every request alike."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(LATENCY)
    number = next(numbers)
    body = json.dumps(
        {
            "id": f"cksess_{number:032d}",
            "object": "chatkit.session",
            "client_secret": f"ek_{number:032d}",
            "expires_at": int(time.time()) + 600,
            "status": "active",
        }
    ).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Any, send: Any) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})
