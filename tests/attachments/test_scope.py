"""Work that is done later, for a database whose connections are set to a scope."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from chatkit.attachments.later import finish, later
from tests.tools.scopes import OfTwo


@pytest.mark.django_db(transaction=True)
def test_it_is_done_in_the_scope_of_who_asked_for_it(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"CONNECTION_SCOPE": "tests.tools.scopes.OfTwo"}
    scope, seen = OfTwo(), list[tuple[str, bool]]()
    own = threading.current_thread()

    def look() -> None:
        seen.append((scope.current(), threading.current_thread() is own))

    for name in ("ada", "bob", "ada"):
        with scope.entered(name):
            later(look)
            assert finish()
    assert seen == [("ada", False), ("bob", False), ("ada", False)]
