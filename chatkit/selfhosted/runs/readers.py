"""The open streams of this process by their sessions: they end with the session."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from ... import sessions, telemetry
from ...models import Session
from .listening import FrameSource


class Reader:
    """One open stream: its session, and whether it was ended."""

    def __init__(self, session: Session, source: FrameSource, last_frame: bytes) -> None:
        self.session_pk: int = session.pk
        self.person_pk: Any = session.person_pk
        self.source = source
        self.last_frame = last_frame  # sent where the stream is ended
        self.ended = False

    def end(self) -> None:
        """End the stream, also while it waits."""
        self.ended = True
        self.source.wake()


class Readers:
    """All open streams. Safe in several threads."""

    def __init__(self) -> None:
        self._open: set[Reader] = set()
        self._lock = threading.Lock()

    @contextmanager
    def reading(self, reader: Reader) -> Iterator[None]:
        """For as long as the stream is open."""
        with self._lock:
            self._open.add(reader)
        try:
            with telemetry.stream_opened():
                yield
        finally:
            with self._lock:
                self._open.discard(reader)

    def count(self, person_pk: object) -> int:
        """How many streams this person has open in this process."""
        with self._lock:
            return sum(reader.person_pk == person_pk for reader in self._open)

    def all(self) -> list[Reader]:
        with self._lock:
            return list(self._open)

    def __bool__(self) -> bool:
        return bool(self._open)


def end_revoked(readers: Iterable[Reader]) -> None:
    """End the streams whose session was ended or whose user was deactivated. On a database
    worker."""
    by_session: dict[int, list[Reader]] = {}
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
