"""Work that need not happen in a request: as one of Django's Tasks (`django.tasks`, before Django
6.0 its backport `django-tasks`), and without either on a thread. And what threads of ours need:
when work can't go to another thread, and what the connection of one is to be set to."""

from __future__ import annotations

import functools
import importlib
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any, Protocol

from django.db import connection, connections, transaction
from django.utils.module_loading import import_string

from . import conf

logger = logging.getLogger("chatkit.tasks")


def task(function: Callable[..., Any]) -> Any:
    """Makes a function of a module a task, which workers find by its name: `NAME.enqueue()`. It
    stays a function where there is no library for tasks.

    What it is given and returns has to fit JSON. `scope` names what its connection is set to, as
    CHATKIT["CONNECTION_SCOPE"] has it: a worker knows nothing of the request that asked.
    """

    @functools.wraps(function)
    def called(*args: Any, scope: str = "", **kwargs: Any) -> Any:
        with _entered(scope):
            return function(*args, **kwargs)

    library = _task_library()
    return called if library is None else library.task(called)


def begin(
    work: Any,
    *args: Any,
    refused: Callable[[], object],
    turn: AbstractContextManager[Any] | None = None,
) -> None:
    """Have a task done, once what this transaction has written is there for others.

    By the site's workers; where its backend runs a task within the call, as it does by default, or
    where there is no library, on a thread of this process, so that the page that shows the progress
    is there meanwhile. `refused` is called where the queue does not take it, or the thread fails;
    `turn` is held by the thread, where one is to wait for another.
    """
    known = scope()
    named = {"scope": known.current()} if known is not None else {}
    transaction.on_commit(lambda: _begin(work, args, named, refused, turn or nullcontext()))


def _begin(
    work: Any,
    args: tuple[Any, ...],
    named: dict[str, str],
    refused: Callable[[], object],
    turn: AbstractContextManager[Any],
) -> None:
    if not _runs_at_once(work):
        try:
            work.enqueue(*args, **named)
        except Exception:  # a queue that does not answer
            logger.exception("%s%r could not be given to the tasks.", work.name, args)
            refused()
        return
    call, work_name = getattr(work, "call", work), getattr(work, "name", str(work))
    if needs_this_connection():
        call(*args, **named)
        return

    def on_a_thread() -> None:
        try:
            with turn:
                call(*args, **named)
        except Exception:
            logger.exception("%s%r failed.", work_name, args)
            refused()
        finally:
            connections.close_all()  # this thread's own

    threading.Thread(target=on_a_thread, name="chatkit-task", daemon=True).start()


def _task_library() -> Any:
    for name in ("django.tasks", "django_tasks"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def _runs_at_once(work: Any) -> bool:
    """Whether it would run within the call that enqueues it, as a plain function does."""
    return (
        not hasattr(work, "get_backend") or type(work.get_backend()).__name__ == "ImmediateBackend"
    )


def _entered(name: str) -> AbstractContextManager[object]:
    known = scope() if name else None
    return nullcontext() if known is None else known.entered(name)


def needs_this_connection() -> bool:
    """Whether another connection than this thread's would not see what it has written: inside a
    transaction, and in a SQLite database in memory. Both are what tests have."""
    return connection.in_atomic_block or (
        connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
    )


class ConnectionScope(Protocol):
    """What the class named by CHATKIT["CONNECTION_SCOPE"] has. It says what a connection needs
    besides its address, such as a tenant's schema, a role or a time zone: taken from the request's
    connection, and given to the threads that work for it."""

    def current(self) -> str:
        """The name of what this thread's connection is set to, during a request."""

    def entered(self, name: str) -> AbstractContextManager[object]:
        """Sets this thread's connection to it, and back. On a thread of ours."""

    def all(self) -> Iterable[str]:
        """The names of all that there are: the runs that an ended process has left are looked for
        in each as a server starts."""


def scope() -> ConnectionScope | None:
    """The site's, if it has one."""
    path = conf.get("CONNECTION_SCOPE")
    return _made(path) if path else None


@lru_cache(maxsize=8)
def _made(path: str) -> ConnectionScope:
    found: ConnectionScope = import_string(path)()
    return found


def in_this_scope(call: Callable[[], object]) -> Callable[[], object]:
    """The call for another thread, whose connection is then set as this thread's is now."""
    known = scope()
    if known is None:
        return call
    name = known.current()

    def inside() -> object:
        with known.entered(name):
            return call()

    return inside
