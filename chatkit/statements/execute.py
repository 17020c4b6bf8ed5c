"""Kept SQL goes to the database; to SQLite's driver as it is, where nobody listens on the way.

Django's cursor writes the placeholders of every statement anew for SQLite, which takes as long as
many a statement itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

SQLITE = "django.db.backends.sqlite3.base"
CURSOR = BaseDatabaseWrapper.cursor


class Statement:
    """SQL with Django's placeholders, `%s`, and the same with SQLite's."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        # As `convert_query` of Django's cursor for SQLite does.
        self.for_sqlite = re.sub(r"(?<!%)%s", "?", sql).replace("%%", "%")


def rows(connection: Any, statement: Statement, params: Sequence[Any]) -> list[Sequence[Any]]:
    """All rows of a query."""
    if _is_plain(connection):
        with connection.wrap_database_errors:
            found = connection.connection.execute(statement.for_sqlite, params)
            return list(found.fetchall())
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, params)
        return list(cursor.fetchall())


def change(connection: Any, statement: Statement, params: Sequence[Any]) -> int:
    """Execute a statement without rows; how many rows it has changed."""
    if _is_plain(connection):
        with connection.wrap_database_errors:
            return int(connection.connection.execute(statement.for_sqlite, params).rowcount)
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, params)
        return int(cursor.rowcount)


def _is_plain(connection: Any) -> bool:
    """Whether the connection is Django's own to SQLite, open and fit to be used, and nobody listens
    to statements or has put anything in the place of its cursor: as tests do that may use no
    database, and tools that log."""
    kind = type(connection)
    if (
        kind.__module__ != SQLITE
        or connection.execute_wrappers
        or connection.queries_logged
        or kind.cursor is not CURSOR
        or "cursor" in vars(connection)
    ):
        return False
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    return True
