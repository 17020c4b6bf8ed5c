"""The site's ASGI handler: one kept thread for each request, streams and async views served."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from mseller.handler import OneThreadHandler

TOGETHER = threading.Barrier(2, timeout=20)


def thread(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(threading.get_ident()))


def together(request: HttpRequest) -> HttpResponse:
    TOGETHER.wait()  # until another request is here as well
    return thread(request)


async def asynchronous(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return HttpResponse("async")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        for part in (b"one ", b"two"):
            await asyncio.sleep(0)
            yield part

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("thread", thread),
    path("together", together),
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

    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "headers": [(b"host", b"testserver")],
        "query_string": b"",
        "server": ("testserver", 80),
    }
    await handler(scope, receive, send)
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
