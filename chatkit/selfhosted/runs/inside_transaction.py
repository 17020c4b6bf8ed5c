"""Runs of a request whose thread is in a transaction, such as those of Django's `TestCase`.

What a transaction has written no other connection sees. So its thread waits until the answer is
complete, and meanwhile a worker uses its connection.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVarTuple

from django.db import connections

from ...background import needs_this_connection
from .database import DatabaseWorkers
from .process import Process, current, instead

Ts = TypeVarTuple("Ts")


@contextmanager
def process_of_request() -> Iterator[Process]:
    """The Process that answers a request. Inside a transaction it is one for this block alone:
    all that it began must have ended by then."""
    if instead.get() is not None or not needs_this_connection():
        yield current()
        return
    process = TransactionProcess()
    before = instead.set(process)
    try:
        yield process
    finally:
        instead.reset(before)
        process.close()


class TransactionProcess(Process):
    """Has one worker, which uses the connections of the thread that makes it."""

    def __init__(self) -> None:
        super().__init__(workers=_Worker(self))

    def new_context(self) -> contextvars.Context:
        context = super().new_context()
        context.run(instead.set, self)
        return context

    def call_soon(self, function: Callable[[*Ts], object], *args: *Ts) -> None:
        if not self.loop.is_closed():  # nothing is left to be done by then
            super().call_soon(function, *args)

    def close(self) -> None:
        """End the loop, then the worker, which may still be at a job of the heartbeat's."""
        assert self.loop_thread is not None
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.loop_thread.join(5)
        for followed in list(self.followed.values()):
            followed.close()
        self.database.close()
        if not self.loop_thread.is_alive():
            self.loop.close()


class _Worker(DatabaseWorkers):
    def __init__(self, process: TransactionProcess) -> None:
        super().__init__(size=1, name="chatkit-transaction", in_turn=False)
        self.process = process
        self._lent = {
            connection.alias: connection for connection in connections.all(initialized_only=True)
        }

    def _work(self) -> None:
        instead.set(self.process)
        for alias, connection in self._lent.items():
            connection.inc_thread_sharing()
            connections[alias] = connection
        try:
            while (job := self._jobs.get()) is not None:
                self._do(*job)
        finally:
            for alias, connection in self._lent.items():
                del connections[alias]
                connection.dec_thread_sharing()
            connections.close_all()  # of the other databases

    def _keep_usable(self, *, tested: bool = False) -> None:
        """Nothing: the connection is as its thread has it."""
