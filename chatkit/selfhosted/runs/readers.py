"""The open streams of this process, and whose they are: a session that is ended ends them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ... import sessions
from ...models import Session
from .listening import FrameSource


class Reader:
    """One stream: which session reads it, and whether it may go on."""

    def __init__(self, session: Session, source: FrameSource, farewell: bytes) -> None:
        self.session_pk: Any = session.pk
        self.user_pk: Any = session.user_id
        self.source = source
        self.farewell = farewell  # the last frame of one that is ended
        self.ended = False

    def end(self) -> None:
        """Let the stream end, wherever it waits."""
        self.ended = True
        self.source.wake()


class Readers:
    """All of them. Any thread."""

    def __init__(self) -> None:
        self._open: set[Reader] = set()
        self._lock = threading.Lock()

    @contextmanager
    def reading(self, reader: Reader) -> Iterator[None]:
        """For as long as the stream is open."""
        with self._lock:
            self._open.add(reader)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(reader)

    def count(self, user_pk: Any) -> int:
        """How many streams this user has open in this process."""
        with self._lock:
            return sum(reader.user_pk == user_pk for reader in self._open)

    def all(self) -> list[Reader]:
        with self._lock:
            return list(self._open)

    def __bool__(self) -> bool:
        return bool(self._open)


def end_revoked(readers: Iterable[Reader]) -> None:
    """End those whose session somebody has ended, or whose user may not go on. On a database
    thread."""
    by_session: dict[Any, list[Reader]] = {}
    for reader in readers:
        by_session.setdefault(reader.session_pk, []).append(reader)
    good = {
        session.pk
        for session in Session.objects.filter(pk__in=by_session).select_related("user")
        if not sessions.is_revoked(session)
    }
    for session_pk, theirs in by_session.items():
        if session_pk not in good:
            for reader in theirs:
                reader.end()
