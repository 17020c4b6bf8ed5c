"""A small ChatKit server for the element's tests: the protocol, scripted, over real HTTP.

A test says what an answer is made of by `reply`, a function from a request to the events of its
answer; an event may be `Pause()` (held until the test says `go`), `Cut()` (the connection breaks)
or a number of seconds to wait. Without `runs` it is a stock server; with it, it keeps answers as
ours does: numbered events, re-attaching, Stop.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .events import Asked, Event, Run, numbers, says
from .handler import BUILT, Handler, Server

__all__ = ["BUILT", "Address", "Standin"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)


class Address:
    """`with Address() as address:` a free port, where a stand-in answers at a time."""

    def __enter__(self) -> Address:
        self.http = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.http.shutdown()
        self.http.server_close()


class Standin:
    """Serves pages, the built scripts and the endpoint `/api/chatkit` at an address."""

    def __init__(self, address: Address) -> None:
        self.pages: dict[str, tuple[str, str]] = {}
        self.asked: list[Asked] = []
        self.threads: dict[str, dict[str, Any]] = {}
        self.reply: Callable[[Asked], Iterable[Any]] = lambda asked: says(f"You said: {asked.text}")
        self.sync_reply: Callable[[Asked], dict[str, Any]] = lambda asked: {}
        self.runs: dict[str, Run] | None = None
        # What a run ends with that is stopped.
        self.at_stop: list[Event] = []
        self.secrets = {"good"}
        self.policy = POLICY
        self.permissions = "microphone=(self)"
        self.refusals: list[tuple[int, str, str, dict[str, str]]] = []
        self.uploads: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.upload_refusals: list[tuple[int, str, str]] = []
        self.down = False
        self.written = "what was said"  # of each recording
        self.page_size = 20
        self.lock = threading.RLock()
        self._go = threading.Semaphore(0)
        self._closed = threading.Event()
        self._http = address.http
        self._http.standin = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._closed.set()
        for _ in range(100):
            self._go.release()

    def go(self, times: int = 1) -> None:
        """Let the answer go on after its next `Pause`."""
        self._go.release(times)

    def keep_runs(self) -> None:
        """From now on answers are runs."""
        self.runs = {}

    def refuse(self, status: int, code: str, message: str = "", **headers: str) -> None:
        """Refuse the next request to the endpoint."""
        self.refusals.append((status, code, message, headers))

    def secret(self, name: str = "good", path: str = "/api/chatkit") -> str:
        encoded = base64.urlsafe_b64encode(path.encode()).decode().rstrip("=")
        return f"ck_{encoded}.{name}"

    def requests(self, request_type: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.type == request_type]

    def add_thread(self, items: list[Event], title: str = "", **fields: Any) -> str:
        """A thread that is there already."""
        thread_id = fields.pop("id", f"thr_{next(numbers)}")
        created = fields.pop("created_at", time.strftime("%Y-%m-%dT%H:%M:%S"))
        kept = [{"thread_id": thread_id, "created_at": created, **item} for item in items]
        thread = {"id": thread_id, "created_at": created, "items": kept, **fields}
        if title:
            thread["title"] = title
        self.threads[thread_id] = thread
        return thread_id

    def described(self, thread: dict[str, Any], items: list[Event] | None = None) -> Event:
        known = {key: value for key, value in thread.items() if key != "items"}
        page: Event = {"data": (items or [])[: self.page_size], "has_more": False}
        if items and len(items) > self.page_size:
            page |= {"has_more": True, "after": page["data"][-1]["id"]}
        return {"status": {"type": "active"}, "metadata": {}, **known, "items": page}

    # Streams ------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Iterator[Any]:
        """The events of a streaming request, kept in the thread as they are made."""
        params = asked.params
        if asked.type == "threads.create":
            thread = self.threads[self.add_thread([])]
            yield {"type": "thread.created", "thread": self.described(thread)}
        else:
            thread = self.threads[params["thread_id"]]
        if "input" in params and "item_id" not in params:
            given = params["input"]
            item = {
                "id": f"usr_{next(numbers)}",
                "type": "user_message",
                "thread_id": thread["id"],
                "created_at": "2026-11-22T10:00:00",
                "content": given["content"],
                "attachments": [
                    {"id": id, "name": id, "mime_type": "text/plain", "type": "file"}
                    for id in given["attachments"]
                ],
                "inference_options": given["inference_options"],
            }
            if "quoted_text" in given:
                item["quoted_text"] = given["quoted_text"]
            thread["items"].append(item)
            yield {"type": "thread.item.done", "item": item}
        if asked.type == "threads.retry_after_item":
            ids = [item["id"] for item in thread["items"]]
            del thread["items"][ids.index(params["item_id"]) + 1 :]
        yield {"type": "stream_options", "stream_options": {"allow_cancel": True}}
        for event in self.reply(asked):
            if isinstance(event, dict):
                self._keep(thread, event)
            yield event

    def _keep(self, thread: dict[str, Any], event: Event) -> None:
        with self.lock:
            if event["type"] in ("thread.item.done", "thread.item.replaced"):
                item = event["item"]
                item["thread_id"] = thread["id"]
                items = [kept for kept in thread["items"] if kept["id"] != item["id"]]
                thread["items"] = [*items, item]
            elif event["type"] == "thread.updated":
                thread |= {k: v for k, v in event["thread"].items() if k in ("title", "status")}

    def held(self, stopped: Callable[[], bool]) -> None:
        """Waits for `go`, or for the end of everything."""
        while not self._go.acquire(timeout=0.02):
            if stopped() or self._closed.is_set():
                return

    @property
    def closed(self) -> bool:
        return self._closed.is_set()
