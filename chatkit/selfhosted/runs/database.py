"""Database workers: a few threads that use the ORM for code on the runs' event loop.

asgiref would use either one thread per open stream, each with a connection, or a single one whose
broken connections nobody replaces. The workers keep their connections, replace broken ones and
close idle ones. They are daemon threads, which still work while the interpreter exits.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple

from django.db import (
    DEFAULT_DB_ALIAS,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connections,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.utils import timezone

from ...fields import is_unfit
from ...sessions.turns import one_writer, writing

logger = logging.getLogger("chatkit.runs")

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Job = tuple["Future[Any]", Callable[[], Any]]

IDLE_SECONDS = 60.0
# A connection unused for this long is tested first: the server may have closed it.
UNTESTED_SECONDS = 5.0


class DatabaseWorkers:
    """Runs functions that use the ORM, off the event loop."""

    def __init__(
        self, size: int | None = None, name: str = "chatkit-db", *, in_turn: bool = True
    ) -> None:
        self.name = name
        # Whether jobs take turns with the process's other writers. Those of assistants don't,
        # since they may take long.
        self.in_turn = in_turn
        # SQLite waits for its one writer less fairly than our queue does.
        self.size = size or (1 if one_writer() else 4)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._workers: list[threading.Thread] = []
        self._failed_at = float("-inf")

    def has_failed_within(self, seconds: float) -> bool:
        """Whether the database has failed a job in the last so many seconds."""
        return time.monotonic() - self._failed_at < seconds

    def submit(self, function: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        """Queue `function(*args)` from any thread."""
        if len(self._workers) < self.size:
            self._start()
        future: Future[T] = Future()
        self._jobs.put((future, lambda: function(*args)))
        return future

    async def run(self, function: Callable[[*Ts], T], *args: *Ts) -> T:
        """Await `function(*args)` on one of the workers."""
        return await asyncio.wrap_future(self.submit(function, *args))

    def close(self, seconds: float = 5) -> None:
        """End the workers, with their connections, once the queue is empty. The next job starts
        new ones.

        Returns after at most `seconds`; a worker that hangs is left behind.
        """
        deadline = time.monotonic() + seconds
        with self._lock:
            workers, self._workers = self._workers, []
        for _worker in workers:
            self._jobs.put(None)
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))

    def _start(self) -> None:
        with self._lock:
            while len(self._workers) < self.size:
                name = f"{self.name}-{len(self._workers)}"
                worker = threading.Thread(target=self._work, name=name, daemon=True)
                self._workers.append(worker)
                worker.start()

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
            self._do(*job, untested=time.monotonic() - used_at > UNTESTED_SECONDS)
            used_at = time.monotonic()
            del job  # the arguments may be large, the next job may come late

    def _do(self, future: Future[Any], call: Callable[[], Any], *, untested: bool = False) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            if untested:
                self._keep_usable(tested=True)
            if self.in_turn:
                with writing():
                    result = call()
            else:
                result = call()
            self._keep_usable()
        except BaseException as error:
            self._drop_broken()
            if _is_of_database(error):
                self._failed_at = time.monotonic()
            future.set_exception(_portable(error))
        else:
            future.set_result(result)

    def _drop_broken(self) -> None:
        try:
            self._keep_usable()
        except Exception:
            _close_all()

    def _keep_usable(self, *, tested: bool = False) -> None:
        """After a job, and `tested` after a while without one: connections that broke are closed,
        and those of a pool go back to it, since other requests need them."""
        for connection in connections.all(initialized_only=True):
            connection.close_at = None  # CONN_MAX_AGE is for requests: these are closed when idle
            if getattr(connection, "pool", None) is not None or (
                tested and connection.connection is not None and not connection.is_usable()
            ):
                connection.close()
            else:
                connection.close_if_unusable_or_obsolete()


def _is_of_database(error: BaseException) -> bool:
    return any(
        isinstance(one, OperationalError | InterfaceError) for one in (error, error.__cause__)
    )


def _portable(error: BaseException) -> BaseException:
    """The error as it may be raised on the event loop. A future does not take a StopIteration, so
    that its job would be awaited for ever; and an error such as SystemExit, which would end only
    this thread, would end the loop."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    ours = RuntimeError(f"{type(error).__name__} in a database thread")
    ours.__cause__ = error
    return ours


def _close_all() -> None:
    try:
        connections.close_all()
    except Exception:  # the worker must go on: it may be the only one
        logger.warning("A database connection could not be closed.", exc_info=True)


class DatabaseDown(Exception):
    """The database can't be reached, or accepts no writes at all."""


@contextmanager
def raising_database_down() -> Iterator[None]:
    """Raise DatabaseDown where the database is down, and not where it refuses this write."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        connection = connections[DEFAULT_DB_ALIAS]
        # SQLite raises these for a lock that it did not get in time, and for a full disk.
        if is_unfit(error) or (connection.vendor != "sqlite" and _answers(connection)):
            raise
        raise DatabaseDown from error


def is_refused(error: Exception) -> bool:
    """Whether the database works and will not store this, however often it is asked."""
    # Its driver, or our own code on the way to it, raises Python's own errors for a value.
    return is_unfit(error) or isinstance(
        error, IntegrityError | ValueError | TypeError | ArithmeticError | RecursionError
    )


def _answers(connection: BaseDatabaseWrapper) -> bool:
    try:
        return connection.connection is not None and connection.is_usable()
    except Exception:
        return False


class DatabaseNow(Now):
    """The time by the database's clock, since clocks of hosts may differ."""

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Django keeps times there in UTC, whatever the server's zone is.
        return self.as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **context)


def written_now() -> Any:
    """The time for a row that is written now, by the database's clock. SQLite's is this machine's
    own, and a value costs less than an expression."""
    return timezone.now() if one_writer() else DatabaseNow()
