"""What a database connection needs besides its address, such as a tenant's schema, a role or a time
zone: taken from the request's connection, and given to the threads that work for it.

CHATKIT["CONNECTION_SCOPE"] names a class whose instance says what it is; without it nothing of
this is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Protocol

from django.utils.module_loading import import_string

from ... import conf


class ConnectionScope(Protocol):
    """What the class named by CONNECTION_SCOPE has."""

    def current(self) -> str:
        """The name of what this thread's connection is set to, during a request."""

    def entered(self, name: str) -> AbstractContextManager[object]:
        """Sets this thread's connection to it, and back. On a database thread."""

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
