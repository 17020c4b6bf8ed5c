"""A change of rows, by a statement whose SQL is made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from .stand_ins import Places, stand_ins


class Update:
    """`end = Update(lambda pk: Run.objects.filter(pk=pk))`, and `end({"status": "failed"}, pk)` is
    how many rows were changed.

    Every value must stand in the query as it was given, and the query be the same for all.
    """

    def __init__(self, make: Callable[..., QuerySet[Any]]) -> None:
        self._make = make
        self._querysets: dict[tuple[type, ...], QuerySet[Any]] = {}
        self._kept: dict[tuple[object, ...], tuple[str, Places, bool] | None] = {}

    def __call__(self, changes: Mapping[str, Any], *values: Any) -> int:
        """Set columns of the rows for these values."""
        among = stand_ins(values)
        if among is None:
            return self._make(*values).update(**changes)
        types = tuple(map(type, values))
        if types not in self._querysets:
            self._querysets[types] = self._make(*among)
        queryset = self._querysets[types]
        using = router.db_for_write(queryset.model)
        connection = connections[using]
        key: tuple[object, ...] = (connection.vendor, *types, *changes)
        columns = []
        # Expressions last: those that have parameters of their own would stand between ours.
        changes = dict(sorted(changes.items(), key=lambda change: hasattr(change[1], "as_sql")))
        for name, value in changes.items():
            field = queryset.model._meta.get_field(name)
            prepared = field.get_db_prep_save(value, connection)
            # An expression, such as the database's time, is a part of the SQL; so may NULL be.
            is_expression = hasattr(prepared, "as_sql")
            if is_expression or prepared is None:
                key = (*key, name, type(prepared))
            if not is_expression:
                columns.append(prepared)
        if key not in self._kept:
            self._kept[key] = _made(queryset, using, changes, columns, among)
        kept = self._kept[key]
        if kept is None:
            return self._make(*values).update(**changes)
        sql, places, nulls = kept
        if not nulls:
            columns = [value for value in columns if value is not None]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*columns, *places.filled(values)])
            return int(cursor.rowcount)


def _made(
    queryset: QuerySet[Any],
    using: str,
    changes: Mapping[str, Any],
    columns: Sequence[Any],
    among: Sequence[Any],
) -> tuple[str, Places, bool] | None:
    """The statement, the places of the query's values, and whether NULL is a parameter, as in
    Django 6.1; None where not each value is a parameter of its own."""
    query: Any = queryset.query.chain(UpdateQuery)
    query.add_update_values(dict(changes))
    try:
        sql, params = query.get_compiler(using=using).as_sql()
    except EmptyResultSet:  # a stand-in does not fit its column
        return None
    missing = [value is None for value in columns]
    nulls = [param is None for param in params[: len(columns)]] == missing
    count = len(columns) if nulls else missing.count(False)
    places = Places(params[count:], among)
    return (sql, places, nulls) if places.complete else None
