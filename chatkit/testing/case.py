"""A mixin for Django's test cases."""

from __future__ import annotations

from typing import Any

from .running import end_runs


class ChatTestMixin:
    """Ends what runs after each test, before its database is emptied.

    class HelpTest(ChatTestMixin, TransactionTestCase): ...
    """

    def doCleanups(self) -> Any:
        """unittest calls it behind `tearDown`, whatever has failed."""
        try:
            return super().doCleanups()  # type: ignore[misc]
        finally:
            end_runs()
