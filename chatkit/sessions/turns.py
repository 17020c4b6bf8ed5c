"""On SQLite, which takes one writer at a time, the writers of a process take turns.

SQLite's own way to wait is to sleep and try again, which is not fair: under load some writers wait
for many seconds while later ones succeed, and fail in the end. Other databases need none of this.
"""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections

from .. import conf
from ..exceptions import ApiError


class Turns:
    """A queue of threads: the first to come is the first to write. A thread that has the turn may
    take it again."""

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
        mine: threading.Event | None = None
        with self._lock:
            if self._owner is None:
                self._owner = me
            else:
                mine = threading.Event()
                self._waiting.append((time.monotonic(), mine))
        if mine is not None:
            mine.wait()
            self._owner = me
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                # 0 and not None: a thread that comes now must wait behind the one that is woken.
                self._owner = 0
                self._waiting.popleft()[1].set()
            else:
                self._owner = None

    def longest_wait(self) -> float:
        """Seconds that the first in the queue has been waiting; 0 where nobody waits."""
        with self._lock:
            return time.monotonic() - self._waiting[0][0] if self._waiting else 0.0


turns = Turns()


@cache
def one_writer() -> bool:
    """Whether the database takes one writer at a time, as SQLite does.

    Asked once: on an event loop, where no connection stands, Django would make one to ask.
    """
    return connections[DEFAULT_DB_ALIAS].vendor == "sqlite"


def writing() -> AbstractContextManager[None]:
    """A block that writes, in its turn where the database takes one writer at a time."""
    return turns.taken() if one_writer() else nullcontext()


def check_wait() -> None:
    """ApiError `busy` where a write would wait longer than CHATKIT["DATABASE_WAIT"]. Called before
    OpenAI is asked for a session, which could not be undone."""
    if turns.longest_wait() > conf.get("DATABASE_WAIT"):
        raise ApiError("busy", headers={"Retry-After": "2"})
