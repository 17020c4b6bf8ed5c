"""A run's frames as a response of server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse

from .listening import FrameSource, alisten, listen

STREAM_HEADERS = {
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    # Django 5.2's GZipMiddleware cuts an async stream off in browsers, nginx holds it back.
    "Content-Encoding": "identity",
}


def stream(
    request: HttpRequest, source: FrameSource, after: int, *, numbered: bool
) -> StreamingHttpResponse:
    """Answer with the frames after number `after`, as the server in front of us streams."""
    if not connection.in_atomic_block:  # a test's transaction, perhaps
        connection.close()
    # An async stream under WSGI, or the other way round, would be collected whole first.
    frames: AsyncIterator[bytes] | Iterator[bytes] = (
        alisten(source, after, numbered=numbered)
        if hasattr(request, "scope")
        else listen(source, after, numbered=numbered)
    )
    return StreamingHttpResponse(
        frames, content_type="text/event-stream; charset=utf-8", headers=STREAM_HEADERS
    )
