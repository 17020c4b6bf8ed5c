"""The site with a clock at the doors of its layers, for `tests.bench.layers`."""

from __future__ import annotations

import functools
import inspect
import json
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

from mseller.asgi import application as site

_own = threading.local()
_all: list[dict[str, list[int]]] = []  # of each thread: nanoseconds and calls by layer


class Clock:
    """Of one thread: a layer's time is not that of the one that it was called by."""

    def __init__(self) -> None:
        self.layers: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.inner = [0]  # nanoseconds of layers inside each open one
        _all.append(self.layers)

    def run(self, name: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.inner.append(0)
        began = time.thread_time_ns()
        try:
            return call(*args, **kwargs)
        finally:
            took = time.thread_time_ns() - began
            self.layers[name][0] += took - self.inner.pop()
            self.inner[-1] += took


def _clock() -> Clock:
    clock: Clock | None = getattr(_own, "clock", None)
    if clock is None:
        clock = _own.clock = Clock()
    return clock


class Steps:
    """A coroutine, each step of which is timed."""

    def __init__(self, name: str, coroutine: Any) -> None:
        self.name, self.coroutine = name, coroutine

    def __await__(self) -> Steps:
        return self

    __iter__ = __await__

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        return _clock().run(self.name, self.coroutine.send, value)

    def throw(self, *error: Any) -> Any:
        return _clock().run(self.name, self.coroutine.throw, *error)

    def close(self) -> None:
        self.coroutine.close()


class Pieces:
    """An asynchronous generator, each step of which is timed."""

    def __init__(self, name: str, generator: Any) -> None:
        self.name, self.generator = name, generator

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __anext__(self) -> Steps:
        return Steps(self.name, self.generator.__anext__())

    def aclose(self) -> Any:
        return self.generator.aclose()

    def athrow(self, *error: Any) -> Any:
        return self.generator.athrow(*error)


def time_it(name: str, owner: Any, *attributes: str) -> None:
    """Put the clock around these functions of a class or a module."""
    for attribute in attributes:
        function = getattr(owner, attribute)
        setattr(owner, attribute, _timed(name, function))


def _timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        clock = _clock()
        clock.layers[name][1] += 1
        if inspect.isasyncgenfunction(function):
            return Pieces(name, function(*args, **kwargs))
        if inspect.iscoroutinefunction(function):
            return Steps(name, function(*args, **kwargs))
        return clock.run(name, function, *args, **kwargs)

    return wrapped


def _layers() -> None:
    from chatkit import limits
    from chatkit.hosted import client
    from chatkit.selfhosted import engine, protocol, views
    from chatkit.selfhosted.runs import endings, heartbeat, lifecycle, live, streams, unit_of_work
    from chatkit.selfhosted.store import DjangoStore
    from chatkit.sessions import service
    from chatkit.sessions import views as session_views
    from mseller.handler import OneThreadHandler

    time_it("request", OneThreadHandler, "get_response")
    time_it("who asks", views, "_admit")
    time_it("who asks", session_views, "_person", "check_csrf")
    time_it("parse", protocol, "parse")
    time_it("limits", limits, "check")
    time_it("OpenAI's call", client, "create_session")
    time_it("record", service, "_save")
    time_it("view", service, "issue")
    time_it("view", session_views, "_checked")
    time_it("view", lifecycle, "_start")
    time_it("SDK and events", engine.DjangoChatKitServer, "stream")
    time_it("store", DjangoStore, *_coroutines(DjangoStore))
    time_it("frames", engine.DjangoChatKitServer, "_frame")
    time_it("frames", live.LiveRun, "append")
    time_it("reader", streams, "alisten")
    time_it("writes", unit_of_work.UnitOfWork, "flush")
    time_it("writes", endings, "_store_end")
    time_it("writes", heartbeat, "beat")


def _coroutines(owner: type) -> list[str]:
    return [
        name
        for name, value in vars(owner).items()
        if inspect.iscoroutinefunction(value) and not name.startswith("_")
    ]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The site; and at /layers what was measured since the last time."""
    if scope["type"] != "http" or scope["path"] != "/layers":
        await site(scope, receive, send)
        return
    body = json.dumps(_taken()).encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _taken() -> dict[str, tuple[float, int]]:
    found: dict[str, tuple[float, int]] = {}
    for layers in list(_all):
        for name, (spent, calls) in list(layers.items()):
            before = found.get(name, (0.0, 0))
            found[name] = (before[0] + spent / 1000, before[1] + calls)
        layers.clear()
    return found


_layers()
