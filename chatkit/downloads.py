"""Files that are sent while they are made."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import IO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from .api import NEVER_CACHED
from .fields import local_time

PIECE = 64 * 1024  # characters that are sent at once
LONGEST_NAME = 60  # characters
# Beginnings that make a spreadsheet read a cell as a formula, full-width forms included. Where
# numbers have a decimal comma, as in Spanish and Portuguese, semicolons begin new cells.
_FORMULA = re.compile(r"""((?:^|;)[\s"]*)(?=[=+\-@＝＋－＠])""")
# They may end a row, or a cell where tabs separate cells.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def download(
    request: HttpRequest, pieces: Iterator[bytes], name: str, content_type: str
) -> StreamingHttpResponse:
    """The pieces as a file of this name, each sent as soon as it is there; never cached."""
    disposition = content_disposition_header(True, name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return sent(request, pieces, f"{content_type}; charset=utf-8", headers)


def file_name(words: str, otherwise: str) -> str:
    """The words as the name of a file, without its ending, on any system: no path, no sign that
    turns around what stands behind it, nothing hidden. `otherwise` where nothing is left."""
    kept = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in words)
    safe = re.sub(r'[\\/:*?"<>|.\s]+', " ", kept).strip(" -")[:LONGEST_NAME].rstrip()
    return safe or otherwise


def cell(value: object) -> str:
    """A value as the text of one cell: dates in ISO 8601, nothing a spreadsheet would run."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat(timespec="seconds"))
    return _FORMULA.sub(r"\1'", _BREAKS.sub(" ", str(value)))


def today() -> datetime.date:
    """The day on the site's clocks, also where its times have no zone."""
    return local_time(timezone.now()).date()


def joined(pieces: Iterable[str]) -> Iterator[bytes]:
    """Small pieces of text as fewer larger ones."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


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
