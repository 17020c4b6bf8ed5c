"""The site's ASGI handler: kept threads, a limit on bodies; and less garbage collection."""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

if TYPE_CHECKING:
    from chatkit.asgi import Application, Message, Receive, Scope, Send

KEPT_THREADS = 32


class BodyTooLarge(Exception):
    """The request's body has more bytes than the site accepts."""


class OneThreadHandler(ASGIHandler):
    """Serves each request on one thread, which later requests use again.

    Django's own handler makes a thread for every request, and goes to it for the middleware,
    back to the event loop for the view, and to the thread again. That costs time and gains
    nothing where every view is synchronous. Streams are sent on the event loop as usual.

    A body of more than `max_body` bytes is answered 413 before it is stored, a WebSocket 403.
    """

    def __init__(self, *, max_body: int | None = None) -> None:
        super().__init__()
        self._max_body = max_body
        self._idle: list[ThreadPoolExecutor] = []

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # nothing here speaks it, and Django raises
            await receive()
            await send({"type": "websocket.close"})  # before it is accepted: 403
            return
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        with self._thread() as executor:
            async with ThreadSensitiveContext(executor=executor):
                try:
                    await self.handle(scope, receive, send)
                except BodyTooLarge:
                    await _refuse(send)

    @contextmanager
    def _thread(self) -> Iterator[ThreadPoolExecutor]:
        executor = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request")
        try:
            yield executor
        finally:
            if len(self._idle) < KEPT_THREADS:
                self._idle.append(executor)
            else:
                executor.shutdown(wait=False)

    async def read_body(self, receive: Receive) -> IO[bytes]:
        """Django's, which reads a body of any size."""
        limit = self._max_body
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            # As if the client had gone: Django then closes the file that it has written to.
            return message if limit is None or received <= limit else {"type": "http.disconnect"}

        try:
            return await super().read_body(counted)
        except RequestAborted:
            if limit is None or received <= limit:
                raise
            raise BodyTooLarge from None

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


async def _refuse(send: Send) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def freezing_at_start(application: Application) -> Application:
    """`application`; once it has started, what is loaded is left out of garbage collection.

    It stays to the end of the process, and looking through it again and again takes a tenth of
    the time of an answer.
    """

    @functools.wraps(application)
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                gc.collect()
                gc.freeze()
            await send(message)

        await application(scope, receive, watched if scope["type"] == "lifespan" else send)

    return wrapped
