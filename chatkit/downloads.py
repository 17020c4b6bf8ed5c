"""Files that are sent while they are made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import IO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from .api import NEVER_CACHED


def download(
    request: HttpRequest, pieces: Iterator[bytes], name: str, content_type: str
) -> StreamingHttpResponse:
    """The pieces as a file of this name, each sent as soon as it is there; never cached."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return sent(request, pieces, f"{content_type}; charset=utf-8", disposition)


def sent(
    request: HttpRequest, pieces: Iterator[bytes], content_type: str, headers: dict[str, str]
) -> StreamingHttpResponse:
    """The pieces with these headers, each sent as soon as it is there; never cached."""
    return StreamingHttpResponse(
        # Under ASGI, Django reads a synchronous iterator to its end before it sends a byte.
        _Threaded(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type=content_type,
        headers=headers | {"Cache-Control": NEVER_CACHED},
    )


class FilePieces:
    """A file, piece by piece. It is closed with its response, also where nobody reads it."""

    def __init__(self, file: IO[bytes], size: int = 64 * 1024) -> None:
        self._file, self._size = file, size

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._file.read(self._size)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        self._file.close()


class _Threaded:
    """The pieces, each made on a thread."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await sync_to_async(lambda: next(self._pieces, b""))():
            yield piece

    def close(self) -> None:
        if close := getattr(self._pieces, "close", None):
            close()
