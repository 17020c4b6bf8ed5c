"""Stands in for OpenAI's session API: a local server that counts calls and can be told to fail."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Upstream:
    """`calls` holds the bodies in their order; `status` other than 200 makes it refuse."""

    url: str = ""
    status: int = 200
    calls: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(body)
        if self.status != 200:
            return {"error": {"message": "upstream-detail", "type": "server_error"}}
        number = len(self.calls)
        return {
            "id": f"cksess_{number}",
            "object": "chatkit.session",
            "client_secret": f"ek_canary_{number}",
            "expires_at": int(time.time()) + 600,
            "status": "active",
        }


@contextmanager
def upstream() -> Iterator[Upstream]:
    """An upstream for the length of the block; its `url` is for OPENAI_BASE_URL."""
    state = Upstream()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            answer = json.dumps(state.answer(body)).encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
