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
        self._kept: dict[tuple[object, ...], tuple[str, Places] | None] = {}

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
            # NULL and an expression, such as the database's time, are parts of the SQL.
            if prepared is None or hasattr(prepared, "as_sql"):
                key = (*key, name, type(prepared))
            else:
                columns.append(prepared)
        if key not in self._kept:
            self._kept[key] = _made(queryset, using, changes, len(columns), among)
        kept = self._kept[key]
        if kept is None:
            return self._make(*values).update(**changes)
        sql, places = kept
        with connection.cursor() as cursor:
            cursor.execute(sql, [*columns, *places.filled(values)])
            return int(cursor.rowcount)


def _made(
    queryset: QuerySet[Any],
    using: str,
    changes: Mapping[str, Any],
    columns: int,
    among: Sequence[Any],
) -> tuple[str, Places] | None:
    """None where not each column's value is a parameter of its own, NULL, or an expression without
    any."""
    query: Any = queryset.query.chain(UpdateQuery)
    query.add_update_values(dict(changes))
    try:
        sql, params = query.get_compiler(using=using).as_sql()
    except EmptyResultSet:  # a stand-in does not fit its column
        return None
    places = Places(params[columns:], among)
    return (sql, places) if places.complete else None
