"""New rows, by a statement whose SQL is made once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, router
from django.db.models import Field, Model
from django.db.models.constants import OnConflict
from django.db.models.signals import post_save, pre_save
from django.db.models.sql import InsertQuery

from . import columns
from .execute import Statement, change
from .execute import rows as fetched

_kept: dict[tuple[object, ...], Statement | None] = {}
NOTHING = Statement("")
_columns: dict[tuple[object, ...], columns.Columns] = {}


def insert(row: Model, *, numbered: bool = False) -> None:
    """Insert a row, as `row.save(force_insert=True)` does. Its number, where the database gives it
    one, is only read where the row is to be `numbered`."""
    model = type(row)
    if any(signal.has_listeners(model) for signal in (pre_save, post_save)) or not _insert(
        model, [row], (), (), numbered
    ):
        row.save(force_insert=True)


def insert_all(
    model: type[Model],
    rows: Sequence[Model],
    unique: Sequence[str] = (),
    update: Sequence[str] = (),
) -> None:
    """Insert rows without their numbers; of those that exist by their `unique` fields, change the
    `update` ones."""
    if not rows or _insert(model, rows, unique, update):
        return
    options: dict[str, Any] = {}
    if update:
        targeted = _targeted(connections[router.db_for_write(model)])
        options = {
            "update_conflicts": True,
            "update_fields": update,
            "unique_fields": unique if targeted else None,
        }
    model._default_manager.bulk_create(rows, **options)


def _targeted(connection: Any) -> bool:
    # MySQL accepts no target: it uses any unique key.
    return bool(connection.features.supports_update_conflicts_with_target)


def _insert(
    model: type[Model],
    rows: Sequence[Model],
    unique: Sequence[str],
    update: Sequence[str],
    numbered: bool = False,
) -> bool:
    """Whether the rows are inserted: where they are not, Django is to do it."""
    using = router.db_for_write(model)
    connection = connections[using]
    ours = _of(model, rows[0], connection.vendor)
    kind = (len(rows), len(ours.fields), tuple(unique), tuple(update), numbered)
    key: tuple[object, ...] = (model, connection.vendor, *kind)
    if _kept.get(key, NOTHING) is None:
        return False
    values = [value for row in rows for value in ours.values(row, connection)]
    # An expression, such as the database's time, is a part of the SQL.
    expressions = [
        (place, type(value)) for place, value in enumerate(values) if hasattr(value, "as_sql")
    ]
    if expressions:
        key = (*key, *expressions)
    if key not in _kept:
        _kept[key] = _made(model, using, ours.fields, rows, values, unique, update, numbered)
    statement = _kept[key]
    if statement is None:
        return False
    if expressions:
        values = [value for value in values if not hasattr(value, "as_sql")]
    if not numbered:
        change(connection, statement, values)
    elif connection.features.can_return_columns_from_insert:
        [[rows[0].pk]] = fetched(connection, statement, values)
    else:
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, values)
            meta: Any = model._meta
            rows[0].pk = connection.ops.last_insert_id(cursor, meta.db_table, meta.pk.column)
    for row in rows:
        row._state.adding = False
        row._state.db = using
    return True


def _of(model: type[Model], row: Model, vendor: str) -> columns.Columns:
    key = (model, vendor, row.pk is None)
    if key not in _columns:
        _columns[key] = columns.Columns(_fields(model, row), vendor)
    return _columns[key]


def _fields(model: type[Model], row: Model) -> list[Field[Any, Any]]:
    """All that has a value: not the number that the database gives."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.generated and not (field.primary_key and getattr(row, field.attname) is None)
    ]


def _made(
    model: type[Model],
    using: str,
    fields: Sequence[Field[Any, Any]],
    rows: Sequence[Model],
    values: Sequence[Any],
    unique: Sequence[str],
    update: Sequence[str],
    numbered: bool,
) -> Statement | None:
    """None where not each value is a parameter of its own, in this order, or an expression without
    any."""
    named = model._meta.get_field
    targets = [named(name) for name in unique] if _targeted(connections[using]) else []
    query = InsertQuery(
        model,
        on_conflict=OnConflict.UPDATE if update else None,
        update_fields=[named(name) for name in update],
        unique_fields=targets,
    )
    query.insert_values(list(fields), list(rows))
    compiler: Any = query.get_compiler(using=using)
    if numbered:
        compiler.returning_fields = [model._meta.pk]
    statements = compiler.as_sql()
    if len(statements) != 1 or any(hasattr(field, "get_placeholder") for field in fields):
        return None
    [(sql, params)] = statements
    plain = [value for value in values if not hasattr(value, "as_sql")]
    return Statement(sql) if len(params) == len(plain) else None
