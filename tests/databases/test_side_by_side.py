"""The tables of the release to come can be used by the one before: while it is rolled out, both
serve (docs/explanation/scale.md). `make cluster` tries it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

from chatkit.models.table_locks import LockTables

# The last migration of each app that somebody may have in use already; see to a later one
# with each release.
RELEASED = {
    "chatkit": "0001_initial",
    "chatkit_console": "0001_initial",
    "chatkit_articles": "0001_initial",
}
# What no code can be hurt by that knows nothing of it.
HARMLESS = (
    operations.CreateModel, operations.AddIndex, operations.RemoveIndex, operations.AddConstraint,
    operations.RemoveConstraint, operations.AlterModelOptions, operations.AlterModelManagers,
    operations.RunPython, LockTables,
)  # fmt: skip


def to_come(app: str, last: str) -> Iterator[tuple[Migration, Any]]:
    """Each migration after the released one, with the models as they were before it."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    plan = loader.graph.forwards_plan(loader.graph.leaf_nodes(app)[0])
    own = [key for key in plan if key[0] == app]
    for key in own[own.index((app, last)) + 1 :]:
        yield loader.disk_migrations[key], loader.project_state(key, at_end=False)


def hurts(operation: Any, before: Any, app: str) -> str:
    """Why code that does not know of this operation can't go on after it; "" where it can."""
    if isinstance(operation, operations.AddField):
        field = operation.field
        if field.null or field.many_to_many or field.has_db_default():
            return ""
        return f"{operation.name}: rows of the old code have no value for it (null or db_default)"
    if isinstance(operation, operations.AlterField):
        old = before.models[app, operation.model_name_lower].fields[operation.name]
        return _tighter(operation.name, old, operation.field)
    if isinstance(operation, operations.SeparateDatabaseAndState):
        inner = [hurts(each, before, app) for each in operation.database_operations]
        return "; ".join(filter(None, inner))
    return "" if isinstance(operation, HARMLESS) else f"{operation.describe()}: not side by side"


def _tighter(name: str, old: Any, new: Any) -> str:
    if old.null and not new.null and not new.has_db_default():
        return f"{name}: may no longer be empty"
    if (old.max_length or 0) > (new.max_length or old.max_length or 0):
        return f"{name}: shorter"
    if _type(old) != _type(new):
        return f"{name}: of another type"
    return ""


def _type(field: Any) -> str:
    """What says which column it has: a slug's is that of any text."""
    found: str = field.get_internal_type()
    return "CharField" if found == "SlugField" else found


@pytest.mark.parametrize("app", RELEASED)
def test_the_release_before_can_use_the_tables_of_the_next(app: str) -> None:
    found = [
        f"{migration.name}: {why}"
        for migration, before in to_come(app, RELEASED[app])
        for operation in migration.operations
        if (why := hurts(operation, before, app))
    ]
    assert found == []


def changed(migration: Migration, before: Any) -> set[str]:
    """The tables in use that it changes, and those that their foreign keys point to."""
    found = set()
    for operation in migration.operations:
        name = getattr(operation, "model_name_lower", "")
        if (migration.app_label, name) not in before.models:
            continue
        found.add(name)
        pointed = getattr(getattr(operation, "field", None), "remote_field", None)
        if pointed is not None and _in_use(migration.app_label, pointed.model, before):
            found.add(pointed.model.lower())
    return found


def _in_use(app: str, model: str, before: Any) -> bool:
    label, name = model.lower().split(".") if "." in model else (app, model.lower())
    return (label, name) in before.models


@pytest.mark.parametrize("app", RELEASED)
def test_several_tables_are_locked_at_once(app: str) -> None:
    for migration, before in to_come(app, RELEASED[app]):
        tables = changed(migration, before)
        if len(tables) > 1:
            first = migration.operations[0]
            assert isinstance(first, LockTables), migration.name
            assert {name.lower() for name in first.models} == tables, migration.name


NAME = models.CharField(max_length=20)


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (operations.AddField("thread", "x", models.IntegerField(null=True)), ""),
        (operations.AddField("thread", "x", models.IntegerField(default=0, db_default=0)), ""),
        (operations.AddField("thread", "x", models.IntegerField(default=0)), "no value"),
        (operations.RemoveField("thread", "title"), "not side by side"),
        (operations.RenameField("thread", "title", "name"), "not side by side"),
        (operations.DeleteModel("thread"), "not side by side"),
        (operations.AlterField("thread", "title", models.CharField(max_length=9)), "shorter"),
        (operations.AlterField("thread", "title", models.CharField(max_length=900)), ""),
        (operations.AlterField("thread", "title", models.TextField()), "another type"),
        (operations.AlterField("thread", "deleted_at", models.DateTimeField()), "empty"),
        (operations.CreateModel("new", [("name", NAME)]), ""),
    ],
)  # fmt: skip
def test_what_hurts_is_seen(operation: Any, word: str) -> None:
    loader = MigrationLoader(None)
    found = hurts(operation, loader.project_state(), "chatkit")
    assert bool(found) == bool(word)
    assert word in found
