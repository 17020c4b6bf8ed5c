"""What a server process keeps for its runs: an event loop, database threads.

The loop is the ASGI server's own where `chatkit.asgi.with_runs` has told it (no thread stands
between a delta and who reads it then), else one on a thread of ours. Made at first use, so
importing costs nothing, and made anew after a fork.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection

from . import owner
from .database import DatabaseWorkers
from .readers import Readers

if TYPE_CHECKING:
    from .followed import FollowedRun
    from .live import LiveRun

T = TypeVar("T")

# On SQLite too: what only reads does not wait there for who writes.
ASSISTANT_THREADS = 4


class Process:
    """One server process: the loop of its runs, its database threads, its live runs."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        # Who asks, the store, the heartbeat: short work of ours alone.
        self.database = DatabaseWorkers()
        # The site's code (`context.database`, tools, receivers): it may take as long as it likes.
        self.assistants = DatabaseWorkers(
            size=ASSISTANT_THREADS, name="chatkit-assistant", in_turn=False
        )
        self.owner = owner.own()
        # Runs being written here, and for a minute those that were: by id.
        self.runs: dict[str, LiveRun] = {}
        self.unstored: dict[str, LiveRun] = {}  # ended runs that the database did not take
        # Runs of other processes that somebody listens to here, by id; their lock.
        self.followed: dict[str, FollowedRun] = {}
        self.following = threading.Lock()
        self.readers = Readers()
        self.tasks: set[asyncio.Task[None]] = set()  # which the loop alone would forget
        self.heartbeat: asyncio.Task[None] | None = None
        self.shutting_down = False  # who listens to another process's runs may go there
        self.loop = loop or asyncio.new_event_loop()
        self.thread: threading.Thread | None = None
        if loop is None:
            self.thread = threading.Thread(target=self._run_loop, name="chatkit-runs", daemon=True)
            self.thread.start()

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))

    def call_soon(self, function: Any, *args: Any) -> None:
        """Call on the loop, from any thread, in an empty context.

        An inherited one would carry the request's thread-sensitive executor, which is gone
        when the request is: behind sync-only middleware every later ORM call would fail.
        """
        self.loop.call_soon_threadsafe(function, *args, context=contextvars.Context())

    def create_task(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task in an empty context. On the loop's own thread only."""
        return self.loop.create_task(coroutine, context=contextvars.Context())

    def wait_for(self, coroutine: Coroutine[Any, Any, T], timeout: float) -> T:
        """Run a coroutine on the loop and wait for it on this other thread."""

        async def start() -> T:
            return await self.create_task(coroutine)

        future = asyncio.run_coroutine_threadsafe(start(), self.loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise


_lock = threading.Lock()
_process: Process | None = None
_server_loop: asyncio.AbstractEventLoop | None = None


def current() -> Process:
    """This process's own."""
    global _process
    found = _process
    if found is None or found.loop.is_closed():  # a server's, which was forced to end
        with _lock:
            found = _process
            if found is None or found.loop.is_closed():
                running = _server_loop is not None and _server_loop.is_running()
                found = _process = Process(_server_loop if running else None)
    return found


def serve_on(loop: asyncio.AbstractEventLoop) -> None:
    """Let the runs that come use this loop, which the server runs until `close`."""
    global _server_loop
    _server_loop = loop


def existing() -> Process | None:
    """This process's own, if anything has needed it yet."""
    return _process


def in_database(function: Callable[..., T], *args: Any) -> T:
    """Call `function(*args)`, which uses the ORM, for a request's thread.

    Under ASGI every request has a thread of its own, and would open a connection of its own:
    three hundred at once are more than PostgreSQL takes. So a database thread does it, except
    inside a transaction that the caller has begun.
    """
    if connection.in_atomic_block:
        return function(*args)
    return current().database.submit(function, *args).result()


def close() -> None:
    """End the loop, the threads and their connections; the next use makes them anew.

    A server's own loop is left alone. Not on the loop's thread.
    """
    global _process, _server_loop
    with _lock:
        process, _process, _server_loop = _process, None, None
    if process is None:
        return
    process.assistants.close(1)
    process.database.close()
    if process.thread is None:
        if process.heartbeat is not None and process.loop.is_running():
            process.loop.call_soon_threadsafe(process.heartbeat.cancel)
        return
    process.loop.call_soon_threadsafe(process.loop.stop)
    process.thread.join(5)
    if not process.thread.is_alive():
        process.loop.close()


def _forget() -> None:
    # After a fork the threads are the parent's, and the lock may be held by one of them.
    global _process, _server_loop, _lock
    _process = _server_loop = None
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
