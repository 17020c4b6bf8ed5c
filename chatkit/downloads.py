"""Files that are sent while they are made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from .api import NEVER_CACHED


def download(
    request: HttpRequest, pieces: Iterator[bytes], name: str, content_type: str
) -> StreamingHttpResponse:
    """The pieces as a file of this name, each sent as soon as it is there; never cached."""
    return StreamingHttpResponse(
        # Under ASGI, Django reads a synchronous iterator to its end before it sends a byte.
        _threaded(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type=f"{content_type}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": NEVER_CACHED,
        },
    )


async def _threaded(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await sync_to_async(lambda: next(pieces, b""))():
        yield piece
