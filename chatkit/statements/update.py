"""A change of rows, by a statement whose SQL is made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from .columns import preparation
from .execute import Statement, change
from .stand_ins import Places, stand_ins


class Update:
    """`end = Update(lambda pk: Run.objects.filter(pk=pk))`, and `end({"status": "failed"}, pk)` is
    how many rows were changed.

    Every value must stand in the query as it was given, and the query be the same for all.
    """

    def __init__(self, make: Callable[..., QuerySet[Any]]) -> None:
        self._make = make
        # By the types of values: the query with what stands for them, None where Django makes it.
        self._queries: dict[tuple[type, ...], tuple[QuerySet[Any], Sequence[Any]] | None] = {}
        self._kept: dict[tuple[object, ...], tuple[Statement, Places, bool] | None] = {}

    def __call__(self, changes: Mapping[str, Any], *values: Any) -> int:
        """Set columns of the rows for these values."""
        types = tuple(map(type, values))
        if types not in self._queries:
            given = stand_ins(values)
            self._queries[types] = None if given is None else (self._make(*given), given)
        query = self._queries[types]
        if query is None:
            return self._make(*values).update(**changes)
        queryset, among = query
        model: Any = queryset.model
        using = router.db_for_write(model)
        connection = connections[using]
        key: tuple[object, ...] = (connection.vendor, *types, *changes)
        columns, expressions = [], {}
        for name, value in changes.items():
            prepared = preparation(model, name, connection.vendor)(value, connection)
            # An expression, such as the database's time, is a part of the SQL; so may NULL be.
            if hasattr(prepared, "as_sql"):
                expressions[name] = value
                key = (*key, name, type(prepared))
                continue
            if prepared is None:
                key = (*key, name, None)
            columns.append(prepared)
        if key not in self._kept:
            # Last: those that have parameters of their own would stand between ours.
            ordered = {name: changes[name] for name in changes if name not in expressions}
            self._kept[key] = _made(queryset, using, ordered | expressions, columns, among)
        kept = self._kept[key]
        if kept is None:
            return self._make(*values).update(**changes)
        statement, places, nulls = kept
        if not nulls:
            columns = [value for value in columns if value is not None]
        return change(connection, statement, [*columns, *places.filled(values)])


def _made(
    queryset: QuerySet[Any],
    using: str,
    changes: Mapping[str, Any],
    columns: Sequence[Any],
    among: Sequence[Any],
) -> tuple[Statement, Places, bool] | None:
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
    return (Statement(sql), places, nulls) if places.complete else None
