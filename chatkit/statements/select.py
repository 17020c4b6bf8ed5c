"""A query whose SQL is made once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from .stand_ins import Places, stand_ins

Row = TypeVar("Row")


class Select(Generic[Row]):
    """`thread = Select(lambda pk: Thread.objects.filter(pk=pk))`, and `thread(pk)` is the list of
    the query's rows.

    Every value must stand in the query as it was given, and the query be the same for all.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self._make = make
        self._kept: dict[tuple[object, ...], _Kept[Row] | None] = {}

    def __call__(self, *values: Any) -> list[Row]:
        """The rows for these values."""
        kept = self.kept(*values)
        return list(self._make(*values)) if kept is None else kept.rows(values)

    def kept(self, *values: Any) -> _Kept[Row] | None:
        """What is kept for values of these types; None where Django makes it anew each time."""
        key = (connections[DEFAULT_DB_ALIAS].vendor, *map(type, values))
        if key not in self._kept:
            self._kept[key] = self._made(values)
        return self._kept[key]

    def _made(self, values: Sequence[Any]) -> _Kept[Row] | None:
        among = stand_ins(values)
        if among is None:
            return None
        try:
            kept = _Kept(self._make(*among), among)
        except EmptyResultSet:  # a stand-in does not fit its column
            return None
        return kept if kept.places.complete else None


class _Kept(Generic[Row]):
    def __init__(self, queryset: QuerySet[Any, Row], among: Sequence[Any]) -> None:
        self._queryset = queryset
        self._compiler: SQLCompiler = queryset.query.get_compiler(using=queryset.db)
        self._sql, params = self._compiler.as_sql()
        self.places = Places(params, among)
        # As the SQL the same for all databases of the kind: how values of each column are read.
        columns = [column for column, *_rest in self._compiler.select[: self._compiler.col_count]]
        self._converters = self._compiler.get_converters(columns)

    def rows(self, values: Sequence[Any]) -> list[Row]:
        """As Django reads them: it gets a compiler that has the SQL already."""
        found = self._queryset.all()
        compiler = copy.copy(self._compiler)
        compiler.connection = connections[found.db]
        statement = self._sql, tuple(self.places.filled(values))
        compiler.as_sql = lambda *args, **options: statement  # type: ignore[method-assign]
        compiler.get_converters = lambda expressions: self._converters  # type: ignore[method-assign]
        found.query.get_compiler = lambda *args, **options: compiler  # type: ignore[method-assign]
        return list(found)
