"""What the tasks that pages begin share: `django.tasks`, before Django 6.0 its backport
`django-tasks`, and work without either. And what threads of ours need: when work can't go to
another thread, and what the connection of one is to be set to."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, Protocol

from django.db import connection
from django.utils.module_loading import import_string

from . import conf


def task_library() -> Any:
    """What makes a function a task; None where there is no library for tasks."""
    for name in ("django.tasks", "django_tasks"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def runs_at_once(task: Any) -> bool:
    """Whether it would run within the call that enqueues it, as a plain function does."""
    return (
        not hasattr(task, "get_backend") or type(task.get_backend()).__name__ == "ImmediateBackend"
    )


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
