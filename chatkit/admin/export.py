"""Session records as CSV: streamed, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from .. import access
from ..api import NEVER_CACHED
from ..models import Session

CHUNK = 1000
Column = tuple[str, Callable[[Session], object]]
COLUMNS: tuple[Column, ...] = (
    ("created_at", lambda row: row.created_at),
    ("user_id", lambda row: row.user_id),
    ("user", lambda row: access.login_name(row.user)),
    ("workflow_id", lambda row: row.workflow_id),
    ("session_id", lambda row: row.session_id),
    ("answered_by", lambda row: row.issuer),
    ("status", lambda row: row.current_status),
    ("expires_at", lambda row: row.expires_at),
    ("refreshed_from", lambda row: row.refreshed_from and row.refreshed_from.session_id),
    ("user_label", lambda row: row.user_label),
    ("device_label", lambda row: row.device_label),
    ("error_code", lambda row: row.error_code),
    ("error_cause", lambda row: row.error_cause),
    ("upstream_status", lambda row: row.upstream_status),
    ("upstream_request_id", lambda row: row.upstream_request_id),
)
# Beginnings that make a spreadsheet read a cell as a formula, full-width forms included. Where
# numbers have a decimal comma, as in Spanish and Portuguese, semicolons begin new cells.
_FORMULA = re.compile(r"""((?:^|;)[\s"]*)(?=[=+\-@＝＋－＠])""")
# They may end a row, or a cell where tabs separate cells.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def cell(value: object) -> str:
    """A value as the text of one cell: dates in ISO 8601, nothing a spreadsheet would run."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat(timespec="seconds"))
    return _FORMULA.sub(r"\1'", _BREAKS.sub(" ", str(value)))


def session_csv(request: HttpRequest, queryset: QuerySet[Session]) -> StreamingHttpResponse:
    """The rows of `queryset`, newest first, as a download."""
    chunks = _Chunks(queryset)
    lines: Iterator[bytes] | AsyncIterator[bytes]
    # Under ASGI, Django reads a synchronous iterator to its end before it sends a byte.
    lines = chunks.stream_async() if isinstance(request, ASGIRequest) else chunks.stream()
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="chatkit-sessions.csv"',
            "Cache-Control": NEVER_CACHED,
        },
    )


class _Chunks:
    """CSV text in pieces of CHUNK rows, each from a query of its own: no cursor stays open."""

    def __init__(self, queryset: QuerySet[Session]) -> None:
        self.rows = queryset.select_related("user", "refreshed_from").order_by("-pk")
        self.last: int | None = None

    def stream(self) -> Iterator[bytes]:
        yield self.head()
        while chunk := self.next():
            yield chunk

    async def stream_async(self) -> AsyncIterator[bytes]:
        yield self.head()
        while chunk := await sync_to_async(self.next)():
            yield chunk

    def head(self) -> bytes:
        # The byte order mark tells spreadsheets that this is UTF-8.
        return _encode([[name for name, _value in COLUMNS]], mark="\ufeff")

    def next(self) -> bytes:
        rows = self.rows if self.last is None else self.rows.filter(pk__lt=self.last)
        found = list(rows[:CHUNK])
        if not found:
            return b""
        self.last = found[-1].pk
        return _encode([[value(row) for _name, value in COLUMNS] for row in found])


def _encode(lines: Iterable[Iterable[object]], mark: str = "") -> bytes:
    buffer = io.StringIO()
    buffer.write(mark)
    csv.writer(buffer).writerows([[cell(value) for value in line] for line in lines])
    return buffer.getvalue().encode()
