"""A model on a real socket that fails in each way that one can: set `fault` at any time."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ..selfhosted.assistant.model_server import chat, chat_whole

WORDS = 40
PAUSE = 0.02
FAULTS = ("refused", "hung", "hung in the middle", "cut in the middle", "500", "garbage")


class FaultyModel:
    """Says "1 2 3 …" to every question, unless it has a fault: "" is none."""

    def __init__(self) -> None:
        self.fault = ""
        self.over = threading.Event()
        self._serve(0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def _serve(self, port: int) -> None:
        self.server: ThreadingHTTPServer | None = _Server(("127.0.0.1", port), handler(self))
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def fail(self, fault: str) -> None:
        """From now on this way; "" for well again."""
        self.over.set()  # those that hang go
        self.over = threading.Event()
        self.fault = fault
        if fault == "refused" and self.server is not None:
            self.close()
        elif fault != "refused" and self.server is None:
            self._serve(self.port)

    def close(self) -> None:
        self.over.set()
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 100


def handler(model: FaultyModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two packets

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.close_connection = True
            over = model.over
            if model.fault == "hung":
                over.wait(60)
            elif model.fault == "500":
                self._send(500, "application/json", b'{"error": {"message": "down"}}')
            elif model.fault == "garbage":
                kind = "text/event-stream" if body.get("stream") else "application/json"
                self._send(200, kind, b"data: {]\n\n\x00\xff<html>" * 20)
            elif body.get("stream"):
                self._stream(over)
            else:
                self._send(200, "application/json", json.dumps(chat_whole("Counting")).encode())

        def _send(self, status: int, kind: str, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(data)

        def _stream(self, over: threading.Event) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Connection", "close")
            self.end_headers()
            frames: list[Any] = chat(*(f"{number} " for number in range(1, WORDS + 1)))
            for number, frame in enumerate(frames):
                if number > WORDS // 2 and model.fault == "cut in the middle":
                    return  # without the end of the body
                if number > WORDS // 2 and model.fault == "hung in the middle":
                    over.wait(60)
                    return
                self._chunk(f"data: {json.dumps(frame)}\n\n".encode())
                over.wait(PAUSE)
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True  # the client has gone

        def log_message(self, *args: Any) -> None:
            """Silence."""

    return Handler
