"""A run's frames as a response of server-sent events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse

from ... import conf
from ...exceptions import ApiError
from ...models import Session
from . import heartbeat
from .listening import FrameSource, alisten, listen
from .process import Process
from .readers import Reader

STREAM_TYPE = "text/event-stream; charset=utf-8"
STREAM_HEADERS = {
    "Cache-Control": "private, no-store, no-transform",
    "X-Accel-Buffering": "no",
    # Otherwise Django 5.2's GZipMiddleware breaks asynchronous streams, and nginx buffers them.
    "Content-Encoding": "identity",
}


def check_count(process: Process, session: Session) -> None:
    """ApiError `rate_limited` where the user has as many open streams as OPEN_STREAMS allows."""
    if process.readers.count(session.person_pk) >= conf.get("OPEN_STREAMS"):
        raise ApiError("rate_limited", headers={"Retry-After": "2"})


def stream(
    request: HttpRequest,
    process: Process,
    session: Session,
    source: FrameSource,
    after: int,
    *,
    numbered: bool,
) -> StreamingHttpResponse:
    """A response with the frames after number `after`, for an ASGI or a WSGI server. It ends
    when its session is ended."""
    if not connection.in_atomic_block:  # as in tests
        connection.close()
    process.call_soon(heartbeat.ensure, process)  # it notices the end of the session
    reader = Reader(session, source, _session_ended_frame())
    # Django would collect an asynchronous stream under WSGI, and a synchronous one under ASGI.
    frames: AsyncIterator[bytes] | Iterator[bytes] = (
        _aread(process, reader, after, numbered)
        if hasattr(request, "scope")
        else _read(process, reader, after, numbered)
    )
    return StreamingHttpResponse(frames, content_type=STREAM_TYPE, headers=STREAM_HEADERS)


def _session_ended_frame() -> bytes:
    """The last frame for a reader whose session was ended, in the request's language."""
    message = str(ApiError("session_expired").message)
    event = {"type": "error", "code": "custom", "message": message, "allow_retry": False}
    return b"data: %s\n\n" % json.dumps(event, ensure_ascii=False).encode()


async def _aread(
    process: Process, reader: Reader, after: int, numbered: bool
) -> AsyncIterator[bytes]:
    with process.readers.reading(reader):
        async for data in alisten(reader.source, after, numbered=numbered, reader=reader):
            yield data


def _read(process: Process, reader: Reader, after: int, numbered: bool) -> Iterator[bytes]:
    with process.readers.reading(reader):
        yield from listen(reader.source, after, numbered=numbered, reader=reader)
