"""The site's ASGI handler: kept threads, a limit on bodies; and less garbage collection."""

from __future__ import annotations

import asyncio
import functools
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import IO, TYPE_CHECKING

from asgiref.sync import SyncToAsync, ThreadSensitiveContext, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.signals import request_started
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

if TYPE_CHECKING:
    from chatkit.asgi import Application, Message, Receive, Scope, Send

KEPT_THREADS = 32
GARBAGE = (10_000, 20, 20)  # new objects, and rounds, until the garbage among them is looked for


class BodyTooLarge(Exception):
    """The request's body has more bytes than the site accepts."""


class OneThreadHandler(ASGIHandler):
    """Serves each request on one thread, which later requests use again.

    Django's own handler makes a thread for every request, and goes to it for the middleware,
    back to the event loop for the view, and to the thread again. That costs time and gains
    nothing where every view is synchronous. Streams are sent on the event loop as usual, and
    hold no thread meanwhile.

    A body of more than `max_body` bytes is answered 413 before it is stored, a WebSocket 403.
    """

    def __init__(self, *, max_body: int | None = None) -> None:
        super().__init__()
        self._max_body = max_body
        self._idle: list[ThreadPoolExecutor] = []
        # Streams that their views have made, and that nobody has got yet.
        self._streams: dict[HttpRequest, HttpResponseBase] = {}
        # Made once: to make one takes as long as to go to the thread.
        self._begin_on_thread = sync_to_async(self._begin)
        self._leave_on_thread = sync_to_async(self._leave)
        self._close_on_thread = sync_to_async(_close)

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
        try:
            await self.handle(scope, receive, send)
        except BodyTooLarge:
            await _refuse(send)

    @asynccontextmanager
    async def _own_thread(self) -> AsyncIterator[None]:
        """What is synchronous in here is done on one thread that nobody else has meanwhile."""
        executor = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request")
        try:
            async with ThreadSensitiveContext(executor=executor):
                yield
        finally:
            if len(self._idle) < KEPT_THREADS:
                self._idle.append(executor)
            else:
                executor.submit(connections.close_all)
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

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Django's, which goes to the thread and back only to tell that a request has begun."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            set_script_prefix(get_script_prefix(scope))
            request, refusal = self.create_request(scope, body)
            if request is not None:
                await self._answer(request, receive, send)
            elif refusal is not None:
                async with self._own_thread():
                    await self.send_response(refusal, send)
                    await sync_to_async(refusal.close)()

    async def _answer(self, request: ASGIRequest, receive: Receive, send: Send) -> None:
        """Answer it, until the client goes."""
        answering = asyncio.create_task(self._respond(request, send))
        watching = asyncio.create_task(self.listen_for_disconnect(receive))
        await asyncio.wait([answering, watching], return_when=asyncio.FIRST_COMPLETED)
        for task in (watching, answering):
            if not task.done():
                task.cancel()
        gone, fault = await asyncio.gather(watching, answering, return_exceptions=True)
        if fault is not None and not isinstance(fault, asyncio.CancelledError):
            raise fault
        if isinstance(gone, AssertionError):  # the server has sent what it may not
            raise gone

    async def _respond(self, request: HttpRequest, send: Send) -> None:
        async with self._own_thread():
            try:
                response = await self.run_get_response(request)
            except asyncio.CancelledError:
                # The view goes on: its thread is free for others once this has had its turn.
                await self._leave_on_thread(request)
                raise
            finally:
                self._streams.pop(request, None)
            if not getattr(response, "is_async", False):
                await self._send(response, send)
                if response.streaming:
                    await self._close_on_thread(response)
                return
        # It may last for minutes, and needs a thread only if it asks for one: then that thread has
        # a connection, which is given back there.
        async with ThreadSensitiveContext() as context:
            try:
                await self._send(response, send)
            finally:
                if has_thread := context in SyncToAsync.context_to_thread_executor:
                    await self._close_on_thread(response)
        if not has_thread:
            async with self._own_thread():
                await self._close_on_thread(response)

    async def _send(self, response: HttpResponseBase, send: Send) -> None:
        with suppress(asyncio.CancelledError):  # the client has gone
            await self.send_response(response, send)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await self._begin_on_thread(request)

    def _begin(self, request: HttpRequest) -> HttpResponseBase:
        request_started.send(sender=self.__class__, scope=getattr(request, "scope", None))
        response = self.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # the sender of its end
        if response.streaming:
            self._streams[request] = response
        else:
            # All of it is there: to come to the thread once more when it was sent gains nothing.
            response.close()
        return response

    def _leave(self, request: HttpRequest) -> None:
        """The client has gone: close what the view has made meanwhile, as what was sent is."""
        if (response := self._streams.get(request)) is not None:
            response.close()


def _close(response: HttpResponseBase) -> None:
    response.close()


async def _refuse(send: Send) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def freezing_at_start(application: Application) -> Application:
    """`application`; once it has started, what is loaded is left out of garbage collection.

    It stays to the end of the process, and looking through it again and again takes a tenth of
    the time of an answer. What comes later is looked through less often than by default.
    """

    @functools.wraps(application)
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                gc.collect()
                gc.freeze()
                gc.set_threshold(*GARBAGE)
            await send(message)

        await application(scope, receive, watched if scope["type"] == "lifespan" else send)

    return wrapped
