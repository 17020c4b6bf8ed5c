"""Empty the tables after a test that wrote for good, at little cost."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

KEPT = ("django_content_type", "auth_permission")
_seen: dict[str, list[Any]] = {}


def install() -> None:
    """Keep the rows that Django would make anew after each test, where the test left them alone.

    Making them, from every model of every app, costs more than most tests do. What else waits for
    the signal, the app's own plugin for pytest has done by then.
    """
    flush: Any = import_module("django.core.management.commands.flush")
    statements, signal = flush.sql_flush, flush.emit_post_migrate_signal

    def sql_flush(style: Any, connection: Any, **options: Any) -> list[str]:
        if _seen.get(connection.alias) != _rows(connection):
            _seen.pop(connection.alias, None)
            return statements(style, connection, **options)
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        emptied = [name for name in names if name not in KEPT]
        found: list[str] = connection.ops.sql_flush(style, emptied, **options)
        return found

    def emit(verbosity: int, interactive: bool, database: str, **options: Any) -> None:
        from django.db import connections

        if database not in _seen:
            signal(verbosity, interactive, database, **options)
            _seen[database] = _rows(connections[database])

    flush.sql_flush = sql_flush
    flush.emit_post_migrate_signal = emit


def _rows(connection: Any) -> list[Any]:
    found: list[Any] = []
    with connection.cursor() as cursor:
        for table in KEPT:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY id")
            found.append(cursor.fetchall())
    return found


def by_delete() -> None:
    """On PostgreSQL, by DELETE: Django's TRUNCATE writes new files for every table, a second or
    more for each test; the tables of a test hold a few rows."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(
        self: Any,
        style: Any,
        tables: Sequence[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        # In any order: the foreign keys are deferred, and all is one transaction. Sent at once:
        # the way there and back takes longer than the server for an empty table.
        return [" ".join(f"DELETE FROM {self.quote_name(table)};" for table in tables)]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]
