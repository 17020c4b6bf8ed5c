"""What a server process has for its runs: an event loop and database workers.

The loop is the ASGI server's own where `chatkit.asgi.with_runs` has named it, so that no delta
passes from thread to thread; otherwise it is one on a thread of ours. All is made at first use,
so that importing this is cheap, and made again after a fork.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from ...background import ConnectionScope, needs_this_connection, scope
from . import owner
from .database import DatabaseWorkers
from .readers import Readers
from .redis_streams import RedisStreams, enabled

if TYPE_CHECKING:
    from .followed import FollowedRun
    from .live import LiveRun

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# On SQLite too, where reading does not wait for a writer.
ASSISTANT_WORKERS = 4
DOCUMENT_WORKERS = 2
END_SECONDS = 1.0  # for what the loop runs when it is ended


class Process:
    """One server process: the event loop of its runs, its database workers, its live runs."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop | None = None,
        workers: DatabaseWorkers | None = None,
    ) -> None:
        # For authentication, the store and the heartbeat: only short work of ours.
        self.database = workers or DatabaseWorkers()
        # For the site's code (`context.database`, tools, receivers), which may take long.
        self.assistants = workers or DatabaseWorkers(
            size=ASSISTANT_WORKERS, name="chatkit-assistant", in_turn=False
        )
        # For the words of documents, which may take half a minute each.
        self.documents = workers or DatabaseWorkers(
            size=DOCUMENT_WORKERS, name="chatkit-documents", in_turn=False
        )
        self.owner = owner.own()
        # The live runs of this process, by id.
        self.runs: dict[str, LiveRun] = {}
        self.unstored: dict[str, LiveRun] = {}  # ended runs that could not be stored yet
        self.storing = asyncio.Lock()  # held while they are
        # Runs of other processes that have listeners here, by id; and their lock.
        self.followed: dict[str, FollowedRun] = {}
        self.following = threading.Lock()
        self.readers = Readers()
        self.tasks: set[asyncio.Task[None]] = set()  # kept here: the loop has only weak references
        self.heartbeat: asyncio.Task[None] | None = None
        # Where frames go by way of Redis; None: by way of the database alone.
        self.streams = RedisStreams(self) if enabled() else None
        self.shutting_down = False  # listeners to other processes' runs are ended
        # The same for parts of the database, by their names: see `ScopedProcess`.
        self.scopes: dict[str, ScopedProcess] = {}
        self.loop = loop or asyncio.new_event_loop()
        self.loop_thread: threading.Thread | None = None
        if loop is None:
            self.loop_thread = threading.Thread(
                target=self._run_loop, name="chatkit-runs", daemon=True
            )
            self.loop_thread.start()

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.run_until_complete(_cancel_all())
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())

    def call_soon(self, function: Callable[[*Ts], object], *args: *Ts) -> None:
        """Call on the loop, from any thread, in an empty context.

        In an inherited context asgiref would use the request's executor, which is shut down at
        the request's end: behind sync-only middleware every later ORM call would fail.
        """
        self.loop.call_soon_threadsafe(function, *args, context=self.new_context())

    def create_task(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task in an empty context. On the loop's own thread only."""
        return self.loop.create_task(coroutine, context=self.new_context())

    def scoped(self, scope: ConnectionScope, name: str) -> ScopedProcess:
        """The Process of a scope of the database."""
        with self.following:
            if name not in self.scopes:
                self.scopes[name] = ScopedProcess(self, scope, name)
            return self.scopes[name]

    def parts(self) -> list[Process]:
        """This, and those of all scopes that were used."""
        return [self, *list(self.scopes.values())]

    def new_context(self) -> contextvars.Context:
        """An empty one."""
        return contextvars.Context()

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


async def _cancel_all() -> None:
    """Cancel the loop's tasks, and give them the time to give back what they hold."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=END_SECONDS)


class ScopedProcess(Process):
    """The Process of one scope of the database, so that its runs, its heartbeat and its recovery
    stay in it. The loop and the threads are those of the whole."""

    def __init__(self, whole: Process, scope: ConnectionScope, name: str) -> None:
        super().__init__(loop=whole.loop)
        self.scope, self.name = scope, name
        self.streams = whole.streams  # its connections are few, and scopes may be many
        self.database = _Scoped(self, whole.database)
        self.assistants = _Scoped(self, whole.assistants)
        self.documents = _Scoped(self, whole.documents)

    def new_context(self) -> contextvars.Context:
        context = super().new_context()
        context.run(instead.set, self)
        return context

    @contextmanager
    def entered(self) -> Iterator[None]:
        """On this thread: its connection is set to the scope, and `current()` is this."""
        before = instead.set(self)
        try:
            with self.scope.entered(self.name):
                yield
        finally:
            instead.reset(before)


class _Scoped(DatabaseWorkers):
    """The workers of the whole, for jobs of one scope."""

    def __init__(self, process: ScopedProcess, whole: DatabaseWorkers) -> None:
        super().__init__(size=whole.size, name=whole.name, in_turn=whole.in_turn)
        self._process, self._whole = process, whole

    def submit(self, function: Callable[[*Ts], T], *args: *Ts) -> Future[T]:
        return self._whole.submit(self._call, function, args)

    def has_failed_within(self, seconds: float) -> bool:
        return self._whole.has_failed_within(seconds)

    def close(self, seconds: float = 5) -> None:
        """Nothing: the threads are those of the whole."""

    def _call(self, function: Callable[[*Ts], T], args: tuple[*Ts]) -> T:
        with self._process.entered():
            return function(*args)


# Set where another Process than this process's own is meant: see `inside_transaction`.
instead: contextvars.ContextVar[Process | None] = contextvars.ContextVar(
    "chatkit_process", default=None
)
_lock = threading.Lock()
_process: Process | None = None
_server_loop: asyncio.AbstractEventLoop | None = None


def current() -> Process:
    """The Process of this process; where the site's database has scopes, that of the scope which
    this thread's connection is set to."""
    found = instead.get()
    if found is not None and not found.loop.is_closed():
        return found
    known = scope()
    return whole() if known is None else whole().scoped(known, known.current())


def whole() -> Process:
    """The Process of this process, whatever the scope."""
    global _process
    found = _process
    if found is None or found.loop.is_closed():  # the loop of a server that was forced to end
        with _lock:
            found = _process
            if found is None or found.loop.is_closed():
                running = _server_loop is not None and _server_loop.is_running()
                found = _process = Process(_server_loop if running else None)
    return found


def serve_on(loop: asyncio.AbstractEventLoop) -> None:
    """Use this loop, which the server runs, for new runs until `close`."""
    global _server_loop
    _server_loop = loop


def existing() -> Process | None:
    """The Process of this process, if it has been made."""
    return _process


def in_database(function: Callable[[*Ts], T], *args: *Ts) -> T:
    """Call `function(*args)`, which uses the ORM, on a database worker and wait for it.

    Under ASGI every request has a thread of its own, which would open a connection of its own:
    three hundred at once are more than PostgreSQL accepts. Where this thread's connection is
    needed, it is called directly.
    """
    if needs_this_connection():
        return function(*args)
    return current().database.submit(function, *args).result()


def close() -> None:
    """End the loop, the workers and their connections; the next use makes new ones.

    A server's own loop is not ended. Don't call it on the loop's thread.
    """
    global _process, _server_loop
    with _lock:
        process, _process, _server_loop = _process, None, None
    if process is None:
        return
    process.assistants.close(1)
    process.documents.close(0)
    process.database.close()
    if process.loop_thread is None:
        for part in process.parts():
            if not part.loop.is_running():
                continue
            if part.heartbeat is not None:
                part.loop.call_soon_threadsafe(part.heartbeat.cancel)
        if process.streams is not None and process.loop.is_running():
            process.loop.call_soon_threadsafe(process.streams.close)
        return
    process.loop.call_soon_threadsafe(process.loop.stop)
    process.loop_thread.join(5)
    if not process.loop_thread.is_alive():
        process.loop.close()


def _forget() -> None:
    # After a fork the threads exist only in the parent, where one of them may hold the lock.
    global _process, _server_loop, _lock
    _process = _server_loop = None
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
