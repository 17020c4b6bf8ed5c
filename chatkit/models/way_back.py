"""What a migration's way back has to delete before it changes tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

BATCH = 500


def deleting_first(find: Callable[[Any], Any]) -> RunPython:
    """The last operation of a migration, and so the first on its way back: deletes the rows that
    the tables of before can't hold, those that `find` gives of the site's models, with all that
    belongs to them. Forwards it does nothing.

    Where each change of a table stands at once, as on MySQL and MariaDB, one that failed in the
    middle would leave a database that no release knows.
    """

    def backwards(_apps: Any, schema_editor: Any) -> None:
        connection = schema_editor.connection
        alias = connection.alias
        rows = find(_models_now(connection)).using(alias).order_by()
        pks = list(rows.values_list("pk", flat=True))
        with transaction.atomic(using=alias):
            for start in range(0, len(pks), BATCH):
                rows.model.objects.using(alias).filter(pk__in=pks[start : start + BATCH]).delete()
        if connection.vendor == "postgresql":
            # It changes no table about whose rows it has something to check still.
            connection.check_constraints()

    return RunPython(RunPython.noop, backwards)


def _models_now(connection: Any) -> Any:
    """The models of all apps as the database has them now: those that Django gives a migration
    lack the apps that come after it, whose rows may belong to ours."""
    loader = MigrationLoader(connection)
    there = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    return loader.project_state(there).apps
