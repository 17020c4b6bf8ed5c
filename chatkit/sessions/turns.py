"""On SQLite, which takes one writer at a time, the writers of a process take turns.

Its own way to wait is to sleep and try again, which is not fair: under load some wait for many
seconds while others come and go, and in the end fail. Other databases need none of this.
"""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

from .. import conf
from ..exceptions import ApiError


class Turns:
    """Whoever comes first writes first. A thread that has the turn may take it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None
        self._waiting: collections.deque[tuple[float, threading.Event]] = collections.deque()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn, and keep it for the block."""
        me = threading.get_ident()
        if self._owner == me:
            yield
            return
        mine = threading.Event()
        with self._lock:
            if self._owner is None:
                self._owner = me
                mine.set()
            else:
                self._waiting.append((time.monotonic(), mine))
        mine.wait()
        self._owner = me
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                # Not None: nobody who comes now gets in before who is woken.
                self._owner = 0
                self._waiting.popleft()[1].set()
            else:
                self._owner = None

    def longest_wait(self) -> float:
        """Seconds that the next one has been waiting."""
        with self._lock:
            return time.monotonic() - self._waiting[0][0] if self._waiting else 0.0


turns = Turns()


@contextmanager
def writing() -> Iterator[None]:
    """A block that writes, in its turn where the database takes one writer at a time."""
    if connections[DEFAULT_DB_ALIAS].vendor != "sqlite":
        yield
        return
    with turns.taken():
        yield


def check_wait() -> None:
    """ApiError `busy` where a write would wait longer than CHATKIT["DATABASE_WAIT"]. Ask before
    what can't be taken back."""
    if turns.longest_wait() > conf.get("DATABASE_WAIT"):
        raise ApiError("busy", headers={"Retry-After": "2"})
