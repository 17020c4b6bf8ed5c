"""Sessions and runs as CSV: streamed, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from .. import access
from ..analytics import cited_articles
from ..downloads import cell, download
from ..models import Run, Session
from ..signals import conversations_read

logger = logging.getLogger("chatkit.admin")
CHUNK = 1000
Column = tuple[str, Callable[[Any], object]]
SESSION: tuple[Column, ...] = (
    ("created_at", lambda row: row.created_at),
    ("user_id", lambda row: row.user_id),
    ("user", access.owner_name),
    ("visitor_id", lambda row: row.visitor_id),
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
# What was searched and named is left out: those are people's words.
RUN: tuple[Column, ...] = (
    ("created_at", lambda row: row.created_at),
    ("ended_at", lambda row: row.ended_at),
    ("user_id", lambda row: row.user_id),
    ("user", access.owner_name),
    ("visitor_id", lambda row: row.visitor_id),
    ("workflow_id", lambda row: row.thread.workflow_id),
    ("thread_id", lambda row: row.thread_id),
    ("run_id", lambda row: row.pk),
    ("request", lambda row: row.kind),
    ("status", lambda row: row.status),
    ("outcome", lambda row: row.outcome),
    ("error", lambda row: row.error),
    ("articles", lambda row: " ".join(cited_articles(row.cited))),
    ("editors_told_at", lambda row: row.editors_told_at),
    ("first_token_ms", lambda row: row.first_token_ms),
    ("duration_ms", lambda row: row.duration_ms),
    ("model", lambda row: row.model),
    ("tokens_in", lambda row: row.tokens_in),
    ("tokens_cached", lambda row: row.tokens_cached),
    ("tokens_out", lambda row: row.tokens_out),
)


def session_csv(request: HttpRequest, queryset: QuerySet[Session]) -> StreamingHttpResponse:
    """These sessions, newest first, as a download."""
    rows = queryset.select_related("user", "refreshed_from")
    return _csv(request, _Chunks(rows, SESSION), "sessions")


def run_csv(request: HttpRequest, queryset: QuerySet[Run]) -> StreamingHttpResponse:
    """These runs, newest first, as a download."""
    rows = queryset.select_related("user", "thread").defer("searched", "named", "thread__title")
    return _csv(request, _Chunks(rows, RUN), "runs")


def _csv(request: HttpRequest, chunks: _Chunks, what: str) -> StreamingHttpResponse:
    logger.info("export of %s by user=%s", what, request.user.pk)
    conversations_read.send_robust(
        None, user=request.user, action="exported", thread=None, person=None, what=what
    )
    return download(request, chunks.stream(), f"chatkit-{what}.csv", "text/csv")


class _Chunks:
    """CSV text in pieces of CHUNK rows, each from a query of its own: no cursor stays open."""

    def __init__(self, queryset: QuerySet[Any], columns: tuple[Column, ...]) -> None:
        self.rows = queryset.order_by("-created_at", "-pk")
        self.columns = columns
        self.last: Any = None

    def stream(self) -> Iterator[bytes]:
        yield self.head()
        while chunk := self.next():
            yield chunk

    def head(self) -> bytes:
        # The byte order mark tells spreadsheets that this is UTF-8.
        return _encode([[name for name, _value in self.columns]], mark="\ufeff")

    def next(self) -> bytes:
        rows = self.rows
        if self.last is not None:
            at = self.last.created_at
            rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=self.last.pk))
        found = list(rows[:CHUNK])
        if not found:
            return b""
        self.last = found[-1]
        return _encode([[value(row) for _name, value in self.columns] for row in found])


def _encode(lines: Iterable[Iterable[object]], mark: str = "") -> bytes:
    buffer = io.StringIO()
    buffer.write(mark)
    csv.writer(buffer).writerows([[cell(value) for value in line] for line in lines])
    return buffer.getvalue().encode()
