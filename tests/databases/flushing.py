"""Empty the tables of PostgreSQL by DELETE after a test.

Django's TRUNCATE writes new files for every table, a second or more for each test; the tables
of a test hold a few rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def install() -> None:
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(
        self: Any,
        style: Any,
        tables: Sequence[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        # In any order: the foreign keys are deferred, and all is one transaction.
        return [f"DELETE FROM {self.quote_name(table)};" for table in tables]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]
