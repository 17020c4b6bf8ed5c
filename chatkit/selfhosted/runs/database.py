"""The database for code that runs on the runs' event loop: a few threads of our own.

asgiref's threads would be either one per open stream, each with its connection, or a single
one whose connections are never looked after. These are few, keep their connections, drop
broken ones and close idle ones. Daemons: they still work while the interpreter is ending.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    DataError,
    InterfaceError,
    OperationalError,
    connections,
)
from django.db.models.functions import Now

from ...sessions.turns import writing

logger = logging.getLogger("chatkit.runs")

T = TypeVar("T")
Job = tuple["Future[Any]", Callable[[], Any]]

IDLE_SECONDS = 60.0
# An unused connection is tried before it is trusted again: the server may have dropped it.
UNTESTED_SECONDS = 5.0


class DatabaseWorkers:
    """Runs functions that use the ORM, off the event loop."""

    def __init__(
        self, size: int | None = None, name: str = "chatkit-db", *, in_turn: bool = True
    ) -> None:
        self.name = name
        # Short jobs stand in one line with all other writers. Those of assistants may take as
        # long as they like, and so must not hold it up.
        self.in_turn = in_turn
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        # SQLite takes one writer at a time: a queue of ours is fairer than its busy handler.
        self.size = size or (1 if vendor == "sqlite" else 4)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def submit(self, function: Callable[..., T], *args: Any) -> Future[T]:
        """Queue `function(*args)` from any thread."""
        if len(self._threads) < self.size:
            self._start()
        future: Future[T] = Future()
        self._jobs.put((future, lambda: function(*args)))
        return future

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Await `function(*args)` on one of the threads."""
        return await asyncio.wrap_future(self.submit(function, *args))

    def close(self, seconds: float = 5) -> None:
        """End the threads and their connections after the queue; the next job starts anew.

        Returns after at most `seconds`; a thread that hangs is left behind.
        """
        deadline = time.monotonic() + seconds
        with self._lock:
            threads, self._threads = self._threads, []
        for _thread in threads:
            self._jobs.put(None)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _start(self) -> None:
        with self._lock:
            while len(self._threads) < self.size:
                name = f"{self.name}-{len(self._threads)}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self) -> None:
        used_at = float("-inf")
        while True:
            try:
                job = self._jobs.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                _close_all()
                continue
            if job is None:
                _close_all()
                return
            future, call = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                _keep_usable(untested=time.monotonic() - used_at > UNTESTED_SECONDS)
                with writing() if self.in_turn else nullcontext():
                    result = call()
                _keep_usable(untested=False)
                _give_back_pooled()
            except BaseException as error:
                _drop_broken()
                future.set_exception(_portable(error))
            else:
                future.set_result(result)
                del result
            used_at = time.monotonic()
            del future, call, job  # the arguments may be large, and the next job far off


def _portable(error: BaseException) -> BaseException:
    """What may be raised on the other side. A StopIteration would leave who awaits the job
    waiting for ever, and what only ends a thread here would end the event loop there."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    ours = RuntimeError(f"{type(error).__name__} in a database thread")
    ours.__cause__ = error
    return ours


def _drop_broken() -> None:
    try:
        _keep_usable(untested=False)
        _give_back_pooled()
    except Exception:
        _close_all()


def _close_all() -> None:
    try:
        connections.close_all()
    except Exception:  # this thread must live: it may be the only one
        logger.warning("A database connection could not be closed.", exc_info=True)


def _give_back_pooled() -> None:
    # A pool lends connections: those kept here would be missing for every other request.
    for connection in connections.all(initialized_only=True):
        if getattr(connection, "pool", None) is not None:
            connection.close()


def _keep_usable(*, untested: bool) -> None:
    for connection in connections.all(initialized_only=True):
        connection.close_at = None  # CONN_MAX_AGE is for requests: these are closed when idle
        if untested and connection.connection is not None and not connection.is_usable():
            connection.close()
        connection.close_if_unusable_or_obsolete()


class DatabaseDown(Exception):
    """The database can't be reached, or takes nothing from anybody."""


@contextmanager
def noticing_that_it_is_down() -> Iterator[None]:
    """Tell a database that fails everybody (DatabaseDown) from one that refuses this write."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        connection = connections[DEFAULT_DB_ALIAS]
        # SQLite's own word for a lock that was not got in time, or a disk that is full.
        if is_unfit(error) or (connection.vendor != "sqlite" and _answers(connection)):
            raise
        raise DatabaseDown from error


def is_unfit(error: Exception) -> bool:
    """Whether a database that works can't hold this very data."""
    # MariaDB's 1366: a character that the column's character set does not have.
    return isinstance(error, DataError) or error.args[:1] == (1366,)


def _answers(connection: Any) -> bool:
    try:
        return connection.connection is not None and connection.is_usable()
    except Exception:
        return False


class DatabaseNow(Now):
    """The database's own clock: those of two hosts may differ."""

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Django keeps times there in UTC, whatever the server's zone is.
        return self.as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **context)
