"""A stand-in for OpenAI's ChatKit API on loopback: sessions, threads, items, and faults.

with running() as openai:
    openai.fault("status", status=500)   # for the next call; times=n, or times=None for good
    openai.threads["cthr_1"] = {...}     # and openai.items["cthr_1"] = [{...}, ...]
    openai.url                           # the value for OPENAI_BASE_URL
    openai.calls                         # what came in: method, path, query, headers, body
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "sk-test-canary-key"


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Fault:
    """One planned fault. `kind`: status, html, empty, list, truncated, cut, reset, silence,
    drip, endless (a page that says there is more, without a cursor)."""

    kind: str
    times: int | None = 1
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    path: str = ""  # only for paths that contain this


class OpenAI:
    """The state of the stand-in."""

    def __init__(self, key: str = KEY) -> None:
        self.key = key
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.sessions: dict[str, dict[str, Any]] = {}
        self.threads: dict[str, dict[str, Any]] = {}
        self.items: dict[str, list[dict[str, Any]]] = {}
        self.session_id: Callable[[int], str] = lambda number: f"cksess_{number:032x}"
        self.lock = threading.Lock()
        self.over = threading.Event()  # ends the silences
        self.url = ""

    def fault(self, kind: str, **how: Any) -> None:
        self.faults.append(Fault(kind, **how))

    def take_fault(self, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.path not in path or fault.times == 0:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def paths(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.calls]

    def create_session(self, body: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            session_id = self.session_id(len(self.sessions) + 1)
            session = {
                "id": session_id,
                "object": "chatkit.session",
                "client_secret": f"ek_canary_{session_id}",
                "expires_at": int(time.time()) + body["expires_after"]["seconds"],
                "status": "active",
                "user": body["user"],
                "workflow": body["workflow"],
                "max_requests_per_1_minute": 10,
                "rate_limits": {"max_requests_per_1_minute": 10},
                "chatkit_configuration": body.get("chatkit_configuration", {}),
            }
            self.sessions[session_id] = session
            return session


def page(rows: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
    """A page as OpenAI cuts it: by id, `order` desc unless asc is asked for, 20 unless said."""
    rows = sorted(rows, key=lambda row: (row["created_at"], row["id"]))
    if query.get("order", "desc") == "desc":
        rows.reverse()
    ids = [row["id"] for row in rows]
    if "after" in query:
        rows = rows[ids.index(query["after"]) + 1 :] if query["after"] in ids else []
    if "before" in query:
        rows = rows[: ids.index(query["before"])] if query["before"] in ids else []
    limit = int(query.get("limit", "20"))
    data = rows[:limit]
    return {
        "object": "list",
        "data": data,
        "has_more": len(rows) > limit,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two packets
    openai: OpenAI

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.handle_call()

    do_POST = do_DELETE = do_GET

    def handle_call(self) -> None:
        openai = self.openai
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = parts.path.removeprefix("/v1")
        body = json.loads(raw) if raw else None
        with openai.lock:
            openai.calls.append(Call(self.command, path, query, dict(self.headers), body))
        fault = openai.take_fault(path)
        if fault is not None:
            self.misbehave(fault, path, query)
        elif self.headers.get("Authorization") != f"Bearer {openai.key}":
            self.answer(401, {"error": {"message": f"Bad key {openai.key}", "code": "bad"}})
        elif self.headers.get("OpenAI-Beta") != "chatkit_beta=v1":
            self.answer(400, {"error": {"message": "The beta header is missing."}})
        else:
            self.answer(*self.route(path, query, body))

    def route(self, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        openai = self.openai
        match [unquote(part) for part in path.strip("/").split("/")]:
            case ["chatkit", "sessions"] if self.command == "POST":
                return 200, openai.create_session(body)
            case ["chatkit", "sessions", session_id, "cancel"] if self.command == "POST":
                if session_id not in openai.sessions:
                    return 404, {"error": {"message": "No such session."}}
                openai.sessions[session_id]["status"] = "cancelled"
                return 200, openai.sessions[session_id]
            case ["chatkit", "threads"]:
                rows = [
                    thread
                    for thread in openai.threads.values()
                    if query.get("user") in (None, thread["user"])
                ]
                return 200, page(rows, query)
            case ["chatkit", "threads", thread_id] if thread_id in openai.threads:
                return 200, openai.threads[thread_id]
            case ["chatkit", "threads", thread_id, "items"] if thread_id in openai.threads:
                return 200, page(openai.items.get(thread_id, []), query)
        return 404, {"error": {"message": "Not found."}}

    def misbehave(self, fault: Fault, path: str, query: dict[str, str]) -> None:
        match fault.kind:
            case "status":
                body = fault.body or {"error": {"message": f"no, says {self.openai.key}"}}
                self.answer(fault.status, body, fault.headers)
            case "html":
                self.answer_bytes(fault.status, b"<html><h1>Log in</h1></html>", "text/html")
            case "empty":
                self.answer(200, {})
            case "list":
                self.answer(200, [])
            case "body":
                self.answer(200, fault.body)
            case "truncated":
                self.answer_bytes(200, b'{"id": "cksess_1", "client_secret": "ek_can')
            case "cut":  # fewer bytes than the header says
                self.answer_bytes(200, b'{"id": "cksess_1", ', length=400)
                self.close_connection = True
            case "reset":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                self.close_connection = True
            case "silence":
                self.openai.over.wait(20)
                self.close_connection = True
            case "drip":
                self.answer_bytes(200, b"", length=10_000)
                while not self.openai.over.wait(0.05):
                    self.wfile.write(b" ")
                    self.wfile.flush()
            case "endless":
                body = self.route(path, query, None)[1]
                self.answer(200, body | {"has_more": True, "last_id": None})

    def answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.answer_bytes(status, json.dumps(body).encode(), headers=headers)

    def answer_bytes(
        self,
        status: int,
        content: bytes,
        content_type: str = "application/json",
        length: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.send_header("x-request-id", f"req_{len(self.openai.calls)}")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that gave up is part of the tests


@contextmanager
def running(openai: OpenAI | None = None) -> Iterator[OpenAI]:
    """The stand-in on a free port, until the end of the block."""
    openai = openai or OpenAI()
    handler = type("BoundHandler", (Handler,), {"openai": openai})
    server = _Server(("127.0.0.1", 0), handler)
    openai.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield openai
    finally:
        openai.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
