"""What stands for tenants' schemas."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

HERE = threading.local()


class ByThread:
    """Each thread's connection has its own, all the same rows."""

    known: tuple[str, ...] = ()

    def current(self) -> str:
        return str(getattr(HERE, "name", ""))

    @contextmanager
    def entered(self, name: str) -> Iterator[None]:
        before, HERE.name = self.current(), name
        try:
            yield
        finally:
            HERE.name = before

    def all(self) -> list[str]:
        return list(self.known)


class OfTwo(ByThread):
    known = ("ada", "bob")
