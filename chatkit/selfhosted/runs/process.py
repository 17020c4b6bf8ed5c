"""What a server process keeps for its runs: an event loop, database threads.

The loop is the ASGI server's own where `chatkit.asgi.with_runs` has told it (no thread stands
between a delta and who reads it then), else one on a thread of ours. Made at first use, so
importing costs nothing, and made anew after a fork.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection

from .database import DatabaseThreads

if TYPE_CHECKING:
    from .live import LiveRun

T = TypeVar("T")


class Process:
    """One server process: the loop of its runs, its database threads, its live runs."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.database = DatabaseThreads()
        # A tool that hangs must not hold up the clock, nor who wants to read.
        self.tools = DatabaseThreads(name="chatkit-tool")
        self.owner = f"{_host()}|{os.getpid()}|{_started(os.getpid())}"
        # Runs being written here, and for a minute those that were: by id.
        self.runs: dict[str, LiveRun] = {}
        self.ticker: asyncio.Task[None] | None = None
        self.ending = False  # who listens to another process's runs may go there
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
    process.tools.close(1)
    process.database.close()
    if process.thread is None:
        if process.ticker is not None and process.loop.is_running():
            process.loop.call_soon_threadsafe(process.ticker.cancel)
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


def is_gone(owner: str) -> bool | None:
    """Whether the process that `owner` names has ended; None where this host can't tell."""
    host, _, rest = owner.partition("|")
    pid, _, started = rest.partition("|")
    if host != _host() or not pid.isdigit():
        return None
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return None
    # Alive, but maybe another one under the same number.
    return _started(int(pid)) != started


def _host() -> str:
    try:  # containers may share a host name, but not the numbers of processes
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return f"{socket.gethostname()}{space}"


def _started(pid: int) -> str:
    """When the process started, in ticks since boot; "" where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rsplit(b")", 1)[1].split()
    except (OSError, IndexError):
        return ""
    # A zombie has ended: it answers to kill(0) until its parent looks.
    return "" if fields[0] == b"Z" else fields[19].decode()
