"""Check of the database's migrations: of those that one has replaced, it has all or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from .page import register

OURS = __name__.partition(".")[0]


@register("chatkit", Tags.database)
def check_replaced_migrations(databases: Sequence[str]) -> list[CheckMessage]:
    """E070: a database has some of the migrations that one has replaced, and lacks others. Django
    would take the one for done, or begin with tables that are there."""
    return [
        _error(alias, migration, sorted(name for _app, name in missing))
        for alias in databases
        if (applied := _applied(alias))
        for migration in _replacing()
        if (missing := set(migration.replaces) - applied)
        and not applied.isdisjoint([*migration.replaces, (migration.app_label, migration.name)])
    ]


def _applied(alias: str) -> set[tuple[str, str]]:
    try:
        return set(MigrationRecorder(connections[alias]).applied_migrations())
    except Exception:  # the database is not there, which Django says
        return set()


def _replacing() -> Iterator[Migration]:
    """Those of our apps that stand for earlier ones."""
    for (label, _name), migration in MigrationLoader(None).disk_migrations.items():
        if migration.replaces and apps.get_app_config(label).name.partition(".")[0] == OURS:
            yield migration


def _error(alias: str, migration: Migration, missing: list[str]) -> CheckMessage:
    return Error(
        f"{migration.app_label}.{migration.name} stands for migrations of which the database "
        f"{alias!r} has some, and not these: {', '.join(missing)}.",
        hint="Migrate with a version of the app that has them still, and then with this one.",
        id="chatkit.E070",
    )
