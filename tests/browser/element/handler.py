"""The HTTP side of the stand-in server: pages, the built scripts, the endpoint, runs."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from .events import Asked, Cut, Event, Pause, Run, numbers

if TYPE_CHECKING:
    from .standin import Standin

BUILT = Path(__file__).parents[3] / "chatkit" / "static" / "chatkit"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
STREAMING = {
    "threads.create",
    "threads.add_user_message",
    "threads.add_client_tool_output",
    "threads.add_structured_input",
    "threads.retry_after_item",
    "threads.custom_action",
}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    standin: Standin

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Browsers drop connections all the time, and so do tests."""


class _Gone(Exception):
    """The connection is to break now."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets
    server: Server
    standin: Standin  # of the request: the next test has another one at the same address

    def log_message(self, format: str, *args: Any) -> None:
        """Not a word: the tests say what happened."""

    def do_GET(self) -> None:
        self.standin = self.server.standin
        parts = urlsplit(self.path)
        if parts.path.startswith("/api/chatkit/threads"):
            self._send(404, b"", "text/plain")  # as a stock server, which has no such list
            return
        if parts.path.startswith("/api/"):
            self._run_events(parts.path, int(parse_qs(parts.query)["after"][0]))
            return
        if parts.path.startswith(("/pixel", "/static/pixel")):
            self._send(200, PIXEL, "image/png")
            return
        if parts.path in self.standin.pages:
            content, media_type = self.standin.pages[parts.path]
            self._send(200, content.encode(), media_type)
            return
        file = BUILT / Path(parts.path).name
        if parts.path.startswith("/static/") and file.is_file():
            # Kept by the browser, as people's do.
            self._send(200, file.read_bytes(), TYPES[file.suffix], Cache_Control="max-age=600")
        else:
            self._send(404, b"", "text/plain")

    def do_PUT(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        standin = self.standin = self.server.standin
        path = urlsplit(self.path).path
        if standin.down:
            self.close_connection = True
            self.connection.close()
            return
        if path.startswith("/upload"):
            headers = {k.lower(): v for k, v in self.headers.items()}
            standin.uploads.append((self.command, path, body, headers))
            if standin.upload_refusals:
                status, code, message = standin.upload_refusals.pop(0)
                self._json(status, {"error": {"code": code, "message": message}})
                return
            self._json(
                200,
                {"id": "atc_up", "name": "notes.txt", "mime_type": "text/plain", "type": "file"},
            )
            return
        if path.endswith("/stop"):
            self._stop(path)
            return
        request = json.loads(body)
        headers = {key.lower(): value for key, value in self.headers.items()}
        asked = Asked(
            request["type"], request["params"], headers, standin, request.get("metadata", {})
        )
        standin.asked.append(asked)
        if standin.refusals:
            status, code, message, extra = standin.refusals.pop(0)
            error = {"code": code, "message": message} if code else {}
            self._json(status, {"error": error} if error else {}, **extra)
        elif not self._allowed():
            self._json(401, {"error": {"code": "session_expired", "message": "Session over."}})
        elif asked.type in STREAMING:
            self._stream(asked)
        else:
            self._answer(asked)

    def _allowed(self) -> bool:
        given = self.headers.get("Authorization", "")
        if not given:
            return urlsplit(self.path).path == "/custom"
        return any(given.endswith(f".{name}") for name in self.standin.secrets)

    # Answers ------------------------------------------------------------------------------

    def _answer(self, asked: Asked) -> None:
        standin, params = self.standin, asked.params
        thread = standin.threads.get(params.get("thread_id", ""))
        if "thread_id" in params and thread is None:
            self._json(404, {"error": {"code": "not_found", "message": ""}})
            return
        headers: dict[str, str] = {}
        answer: Any = {}
        if asked.type == "threads.get_by_id" and thread:
            answer = standin.described(thread, thread["items"])
            live = [
                r
                for r in (standin.runs or {}).values()
                if r.thread_id == thread["id"] and not r.over
            ]
            if live:
                headers["X-ChatKit-Run"] = live[0].id
        elif asked.type == "input.transcribe":
            answer = {"text": standin.written}
        elif asked.type == "threads.list":
            threads = [standin.described(t) for t in reversed(standin.threads.values())]
            answer = _page(threads, params)
        elif asked.type == "items.list" and thread:
            items = thread["items"]
            answer = _page(items[::-1] if params.get("order", "desc") == "desc" else items, params)
        elif asked.type == "threads.update" and thread:
            thread["title"] = params["title"]
            answer = standin.described(thread)
        elif asked.type == "threads.delete":
            del standin.threads[params["thread_id"]]
        elif asked.type == "threads.sync_custom_action":
            answer = standin.sync_reply(asked)
        elif asked.type == "attachments.create":
            answer = {
                "id": "atc_new",
                "name": params["name"],
                "mime_type": params["mime_type"],
                "type": "file",
                "upload_descriptor": {
                    "url": f"{standin.url}/upload/atc_new",
                    "method": "PUT",
                    "headers": {"X-Extra": "yes"},
                },
            }
        self._json(200, answer, **headers)

    def _stream(self, asked: Asked) -> None:
        standin = self.standin
        if standin.runs is None:
            self._begin({})
            try:
                for event in standin.answer(asked):
                    self._emit(event, lambda: False)
                self._end()
            except (_Gone, OSError):
                self._break()
            return
        run = Run(f"run_{next(numbers)}", "")
        standin.runs[run.id] = run
        cuts: list[int] = []
        threading.Thread(target=_produce, args=(standin, run, asked, cuts), daemon=True).start()
        with run.changed:
            run.changed.wait_for(lambda: run.frames or run.over, 5)
        self._follow(run, 0, cuts)

    def _run_events(self, path: str, after: int) -> None:
        standin = self.standin
        if standin.down:
            self._break()
            return
        run = (standin.runs or {}).get(path.split("/")[-2])
        standin.asked.append(
            Asked("runs.events", {"after": after, "path": path}, dict(self.headers), standin)
        )
        if not self._allowed():
            self._json(401, {"error": {"code": "session_expired", "message": "Session over."}})
        elif run is None:
            self._begin({"X-ChatKit-Run-Status": "completed"})
            self._end()
        else:
            self._follow(run, after, [])

    def _follow(self, run: Run, after: int, cuts: list[int]) -> None:
        self._begin({"X-ChatKit-Run": run.id})
        at = after
        try:
            while not self.standin.closed:
                with run.changed:
                    if len(run.frames) <= at and not run.over:
                        run.changed.wait(0.1)
                    fresh, over = run.frames[at:], run.over
                for frame in fresh:
                    if cuts and at >= cuts[0]:
                        raise _Gone
                    at += 1
                    self._chunk(f": hb\n\nid: {at}\ndata: {frame}\n\n")
                if cuts and at >= cuts[0]:
                    raise _Gone
                if over and at >= len(run.frames):
                    break
            self._end()
        except (_Gone, OSError):
            self._break()

    def _stop(self, path: str) -> None:
        run = (self.standin.runs or {})[path.split("/")[-2]]
        self.standin.asked.append(
            Asked("runs.stop", {"run": run.id}, dict(self.headers), self.standin)
        )
        run.stopped.set()
        self._json(200, {})

    def _emit(self, event: Any, stopped: Callable[[], bool]) -> None:
        if isinstance(event, Pause):
            self.standin.held(stopped)
        elif isinstance(event, Cut):
            raise _Gone
        elif isinstance(event, (int, float)):
            time.sleep(event)
        else:
            self._chunk(f"data: {json.dumps(event, ensure_ascii=False)}\n\n")

    # HTTP ---------------------------------------------------------------------------------

    def _send(self, status: int, content: bytes, media_type: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header(
            "Content-Type", media_type + ("; charset=utf-8" if media_type != "image/png" else "")
        )
        self.send_header("Content-Length", str(len(content)))
        headers.setdefault("Cache_Control", "no-store")
        self.send_header("Content-Security-Policy", self.standin.policy)
        self.send_header("Permissions-Policy", self.standin.permissions)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def _json(self, status: int, value: Any, **headers: str) -> None:
        self._send(status, json.dumps(value).encode(), "application/json", **headers)

    def _begin(self, headers: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Transfer-Encoding", "chunked")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def _break(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(2)


def _page(entries: list[Event], params: dict[str, Any]) -> Event:
    after, limit = params.get("after"), params.get("limit", 20)
    ids = [entry["id"] for entry in entries]
    start = ids.index(after) + 1 if after else 0
    data = entries[start : start + limit]
    # As the SDK has it: hidden items are left out of the page after it was cut.
    shown = [entry for entry in data if entry.get("type") != "hidden_context_item"]
    page: Event = {"data": shown, "has_more": start + limit < len(entries)}
    if page["has_more"]:
        page["after"] = data[-1]["id"]
    return page


def _produce(standin: Standin, run: Run, asked: Asked, cuts: list[int]) -> None:
    """Makes a run's events whether or not somebody listens."""
    for event in standin.answer(asked):
        if isinstance(event, Pause):
            standin.held(run.stopped.is_set)
        elif isinstance(event, Cut):
            cuts.append(len(run.frames))
        elif isinstance(event, (int, float)):
            time.sleep(event)
        else:
            if event["type"] == "thread.created":
                run.thread_id = event["thread"]["id"]
            run.thread_id = run.thread_id or asked.params.get("thread_id", "")
            with run.changed:
                run.frames.append(json.dumps(event))
                run.changed.notify_all()
        if run.stopped.is_set() or standin.closed:
            with run.changed:
                run.frames += [json.dumps(event) for event in standin.at_stop]
            break
    with run.changed:
        run.over = True
        run.changed.notify_all()
