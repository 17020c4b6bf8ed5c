"""A migration that changes several tables while the site serves."""

from __future__ import annotations

import random
import time
from typing import Any

from django.db import OperationalError, transaction
from django.db.migrations.operations.base import Operation, OperationCategory

from ..deadlocks import state_of

WAIT = "300ms"  # for a table; meanwhile who comes later waits, too. PostgreSQL looks for a
# deadlock after a second, so that none of its victims is a request.
PAUSE = 0.3  # seconds, in which requests go on
PATIENCE = 120.0  # seconds; a backup or a report may hold a table
TAKEN = "55P03"  # lock_not_available


class LockTables(Operation):
    """The first operation of a migration that changes several tables. Does nothing except on
    PostgreSQL, where such a migration is one transaction and keeps the lock of each table that it
    has changed.

    A request that has written to the last of them, and now wants the first, would wait for the
    migration, and the migration for the request: a deadlock. Here all of them are taken at once or
    none, again and again, before anything is changed.

    `models` are models of this app, or of another as "app.model": those whose tables are changed,
    and those which a foreign key of theirs points to, if that key is changed or made.
    """

    reduces_to_sql = True
    reversible = True
    category = OperationCategory.SQL

    def __init__(self, *models: str) -> None:
        self.models = models

    def describe(self) -> str:
        return "Wait for the tables"

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_backwards(self, *_given: Any) -> None:
        """The last operation on the way back, where nothing is left to lock."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        tables = ", ".join(
            schema_editor.quote_name(model._meta.db_table)
            for model in self._models(app_label, from_state.apps)
            if self.allow_migrate_model(connection.alias, model)
        )
        if not tables:
            return
        lock = f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"
        if schema_editor.collect_sql:
            schema_editor.execute(lock)
            return
        deadline = time.monotonic() + PATIENCE
        while not _locked(schema_editor, lock, last=time.monotonic() > deadline):
            time.sleep(random.uniform(PAUSE / 2, PAUSE))  # noqa: S311 – no secret

    def _models(self, app_label: str, apps: Any) -> list[Any]:
        return [
            apps.get_model(name) if "." in name else apps.get_model(app_label, name)
            for name in self.models
        ]


def _locked(schema_editor: Any, lock: str, *, last: bool) -> bool:
    """Whether all tables are ours now; raises on the `last` try."""
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            schema_editor.execute(lock)
            schema_editor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if last or state_of(error) != TAKEN:
            raise
        return False
    return True
