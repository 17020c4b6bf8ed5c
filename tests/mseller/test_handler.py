"""The site's ASGI handler: kept threads, streams and async views, a limit on bodies, garbage."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from mseller.handler import OneThreadHandler, freezing_at_start

TOGETHER = threading.Barrier(2, timeout=20)
LEFT = threading.Event()  # the client of `slow` has gone
CLOSED = threading.Event()
SCOPE = {
    "type": "http",
    "method": "GET",
    "headers": [(b"host", b"testserver")],
    "query_string": b"",
    "server": ("testserver", 80),
}


def thread(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(threading.get_ident()))


def together(request: HttpRequest) -> HttpResponse:
    TOGETHER.wait()  # until another request is here as well
    return thread(request)


def slow(request: HttpRequest) -> HttpResponse:
    LEFT.wait(20)
    return thread(request)


class Parts:
    """Parts of a stream that hold something until they are closed, as a file."""

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"part"])

    def close(self) -> None:
        CLOSED.set()


def slow_stream(request: HttpRequest) -> StreamingHttpResponse:
    LEFT.wait(20)
    return StreamingHttpResponse(Parts())


async def asynchronous(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return HttpResponse("async")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        for part in (b"one ", b"two"):
            await asyncio.sleep(0)
            yield part

    return StreamingHttpResponse(parts())


def asking(request: HttpRequest) -> StreamingHttpResponse:
    """Its stream is made on a thread, as one that reads the database."""

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(2):
            yield b"%d " % await sync_to_async(threading.get_ident)()

    return StreamingHttpResponse(parts())


def endless(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"more "
                await asyncio.sleep(0)
        finally:
            CLOSED.set()

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("asking", asking),
    path("endless", endless),
    path("thread", thread),
    path("together", together),
    path("slow", slow),
    path("slow-stream", slow_stream),
    path("async", asynchronous),
    path("stream", stream),
]


async def get(handler: OneThreadHandler, address: str) -> str:
    """The body of an answer, asked for as an ASGI server does."""
    asked = False
    never = asyncio.Event()
    body = b""

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:
            await never.wait()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal body
        body += message.get("body", b"")

    await handler({**SCOPE, "path": address}, receive, send)
    return body.decode()


@pytest.fixture
def handler() -> Any:
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=["django.middleware.common.CommonMiddleware"]
    ):
        yield OneThreadHandler()


def test_a_thread_serves_one_request_after_the_other(handler: OneThreadHandler) -> None:
    async def both() -> list[str]:
        return [await get(handler, "/thread"), await get(handler, "/thread")]

    first, second = asyncio.run(both())
    assert first == second != str(threading.get_ident())


def test_requests_at_the_same_time_have_threads_of_their_own(handler: OneThreadHandler) -> None:
    async def both() -> list[str]:
        return list(await asyncio.gather(get(handler, "/together"), get(handler, "/together")))

    first, second = asyncio.run(both())
    assert first != second


@pytest.mark.parametrize(("address", "body"), [("/async", "async"), ("/stream", "one two")])
def test_asynchronous_views_and_streams_are_served(
    handler: OneThreadHandler, address: str, body: str
) -> None:
    assert asyncio.run(get(handler, address)) == body


@pytest.fixture
def told() -> Iterator[list[tuple[str, int]]]:
    """The signals of requests, with the threads that they are sent on."""
    found: list[tuple[str, int]] = []

    def started(**_: Any) -> None:
        found.append(("started", threading.get_ident()))

    def finished(**_: Any) -> None:
        found.append(("finished", threading.get_ident()))

    request_started.connect(started)
    request_finished.connect(finished)
    yield found
    request_started.disconnect(started)
    request_finished.disconnect(finished)


def test_a_request_begins_and_ends_on_its_thread(
    handler: OneThreadHandler, told: list[tuple[str, int]]
) -> None:
    own = int(asyncio.run(get(handler, "/thread")))
    assert told == [("started", own), ("finished", own)]


def test_a_stream_that_has_used_a_thread_ends_there(
    handler: OneThreadHandler, told: list[tuple[str, int]]
) -> None:
    """Else the connection that it has there would be given back by nobody."""
    first, second = asyncio.run(get(handler, "/asking")).split()
    assert first == second
    assert told[-1] == ("finished", int(first))
    assert len(told) == 2


def test_a_client_that_goes_ends_the_request(
    handler: OneThreadHandler, told: list[tuple[str, int]]
) -> None:
    """The stream is closed, and the request is told to have ended."""
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]
    )
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        message = next(messages)
        while message["type"] == "http.disconnect" and len(sent) < 2:
            await asyncio.sleep(0)
        return message

    async def send(message: Any) -> None:
        sent.append(message["type"])

    CLOSED.clear()
    asyncio.run(handler({**SCOPE, "path": "/endless"}, receive, send))
    assert CLOSED.is_set()
    assert [name for name, _thread in told] == ["started", "finished"]


def test_a_stream_holds_no_thread_while_it_is_sent(
    handler: OneThreadHandler, told: list[tuple[str, int]]
) -> None:
    async def during() -> tuple[int, int]:
        gone, sent = asyncio.Event(), asyncio.Event()
        begun = False

        async def receive() -> dict[str, Any]:
            nonlocal begun
            if begun:
                await gone.wait()
                return {"type": "http.disconnect"}
            begun = True
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.set()

        streaming = asyncio.create_task(handler({**SCOPE, "path": "/endless"}, receive, send))
        await sent.wait()
        begun_on = told[0][1]
        served_on = int(await get(handler, "/thread"))
        gone.set()
        await streaming
        return begun_on, served_on

    begun_on, served_on = asyncio.run(during())
    assert begun_on == served_on
    assert [name for name, _thread in told].count("finished") == 2


@pytest.mark.parametrize(("address", "closes"), [("/slow", False), ("/slow-stream", True)])
def test_the_thread_of_a_view_whose_client_has_gone_is_nobody_elses(
    handler: OneThreadHandler, told: list[tuple[str, int]], address: str, closes: bool
) -> None:
    async def meanwhile() -> str:
        messages: Iterator[dict[str, Any]] = iter(
            [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]
        )

        async def receive() -> dict[str, Any]:
            message = next(messages)
            while message["type"] == "http.disconnect" and not told:
                await asyncio.sleep(0)
            return message

        async def send(message: Any) -> None:
            raise AssertionError(message)

        LEFT.clear()
        CLOSED.clear()
        leaving = asyncio.create_task(handler({**SCOPE, "path": address}, receive, send))
        while not told:
            await asyncio.sleep(0)
        for _turn in range(50):  # in which the handler hears of it
            await asyncio.sleep(0)
        served_on = await get(handler, "/thread")  # would wait for the slow view
        LEFT.set()
        await leaving
        return served_on

    served_on = int(asyncio.run(meanwhile()))
    [(_, slow_on), *_others] = told
    assert served_on != slow_on
    assert told[-1] == ("finished", slow_on)
    assert told.count(("finished", slow_on)) == 1
    assert CLOSED.is_set() is closes


async def post(handler: OneThreadHandler, *pieces: bytes) -> int:
    """The status of the answer to a body that comes in pieces."""
    left = list(pieces)
    status = 0

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/thread",
        "headers": [(b"host", b"testserver")],
        "query_string": b"",
        "server": ("testserver", 80),
    }
    await handler(scope, receive, send)
    return status


@pytest.mark.parametrize(
    ("pieces", "status"), [((b"x" * 60, b"x" * 40), 200), ((b"x" * 60, b"x" * 41, b"x"), 413)]
)
def test_bodies_have_a_limit(handler: Any, pieces: tuple[bytes, ...], status: int) -> None:
    assert asyncio.run(post(OneThreadHandler(max_body=100), *pieces)) == status


def test_what_is_loaded_at_start_is_not_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: steps.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: steps.append("freeze"))
    monkeypatch.setattr(gc, "set_threshold", lambda *numbers: steps.append("set_threshold"))

    async def application(scope: Any, receive: Any, send: Any) -> None:
        steps.append("loading")
        await send({"type": "lifespan.startup.complete"})

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        steps.append(message["type"])

    wrapped: Any = freezing_at_start(application)
    asyncio.run(wrapped({"type": "lifespan"}, receive, send))
    assert steps == ["loading", "collect", "freeze", "set_threshold", "lifespan.startup.complete"]


def test_the_check_of_the_asgi_application_sees_through() -> None:
    from mseller.asgi import application

    assert getattr(application, "ends_chatkit_runs", False)


def test_a_websocket_is_refused_without_a_word() -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(OneThreadHandler()({"type": "websocket", "path": "/async"}, receive, send))
    assert sent == [{"type": "websocket.close"}]
