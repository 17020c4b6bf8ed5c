"""A query whose SQL is made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from .execute import Statement, rows
from .reading import Read, reader
from .stand_ins import Places, stand_ins

Row = TypeVar("Row")


class Select(Generic[Row]):
    """`thread = Select(lambda pk: Thread.objects.filter(pk=pk))`, and `thread(pk)` is the list of
    the query's rows.

    Every value must stand in the query as it was given, and the query be the same for all.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self._make = make
        self._kept: dict[tuple[object, ...], _Kept | None] = {}

    def __call__(self, *values: Any) -> list[Row]:
        """The rows for these values."""
        kept = self.kept(*values)
        return list(self._make(*values)) if kept is None else kept.rows(values)

    def kept(self, *values: Any) -> _Kept | None:
        """What is kept for values of these types; None where Django makes it anew each time."""
        key = (connections[DEFAULT_DB_ALIAS].vendor, *map(type, values))
        if key not in self._kept:
            self._kept[key] = self._made(values)
        return self._kept[key]

    def _made(self, values: Sequence[Any]) -> _Kept | None:
        among = stand_ins(values)
        if among is None:
            return None
        queryset = self._make(*among)
        compiler = queryset.query.get_compiler(using=queryset.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:  # a stand-in does not fit its column
            return None
        places, read = Places(params, among), reader(queryset, compiler)
        return _Kept(queryset, compiler, sql, places, read) if places.complete and read else None


class _Kept:
    def __init__(
        self, queryset: QuerySet[Any], compiler: SQLCompiler, sql: str, places: Places, read: Read
    ) -> None:
        self._queryset = queryset
        self._statement = Statement(sql)
        self._places = places
        self._read = read
        # As the SQL the same for all databases of the kind: how values of each column are read.
        self._count = compiler.col_count
        columns = [column for column, *_rest in compiler.select[: self._count]]
        self._converters = [
            (place, convert, expression)
            for place, (converts, expression) in compiler.get_converters(columns).items()
            for convert in converts
        ]

    def rows(self, values: Sequence[Any]) -> list[Any]:
        using = self._queryset.db
        connection = connections[using]
        found = []
        for row in rows(connection, self._statement, self._places.filled(values)):
            # Without the columns that it is only sorted by.
            whole = list(row[: self._count])
            for place, convert, expression in self._converters:
                whole[place] = convert(whole[place], expression, connection)
            found.append(self._read(whole, using))
        return found
