"""Work that is done later, for a database whose connections are set to a scope."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chatkit.attachments.later import finish, later

HERE = threading.local()


class ByThread:
    """Stands for a tenant's schema: each thread's connection has its own."""

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
        return ["ada", "bob"]


@pytest.mark.django_db(transaction=True)
def test_it_is_done_in_the_scope_of_who_asked_for_it(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"CONNECTION_SCOPE": f"{__name__}.ByThread"}
    scope, seen = ByThread(), list[tuple[str, bool]]()
    own = threading.current_thread()

    def look() -> None:
        seen.append((scope.current(), threading.current_thread() is own))

    for name in ("ada", "bob", "ada"):
        with scope.entered(name):
            later(look)
            assert finish()
    assert seen == [("ada", False), ("bob", False), ("ada", False)]
