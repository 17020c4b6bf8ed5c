"""How the columns of a query become what it gives: as Django does it, found out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable
from django.db.models.sql.compiler import SQLCompiler

# Of the values of a row, and the alias of the database that it is from.
Read = Callable[[list[Any], str], Any]


def reader(queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> Read | None:
    """What reads a row of this query, whose SQL was made by the compiler; None for what is left to
    Django."""
    rows: Any = queryset
    if rows._iterable_class is FlatValuesListIterable:
        return lambda values, using: values[0]
    if rows._iterable_class is not ModelIterable or rows._prefetch_related_lookups:
        return None
    info: Any = compiler.klass_info
    if info is None or compiler.annotation_col_map:
        return None
    related = info.get("related_klass_infos", [])
    if any(one["from_parent"] or one.get("related_klass_infos") for one in related):
        return None
    return _ModelReader(compiler, info, related)


class _ModelReader:
    def __init__(self, compiler: SQLCompiler, info: Any, related: list[Any]) -> None:
        self._model = _Instances(compiler, info)
        self._related = [
            (_Instances(compiler, one), one["local_setter"], one["remote_setter"])
            for one in related
        ]

    def __call__(self, values: list[Any], using: str) -> Any:
        found = self._model.read(values, using)
        for instances, set_here, set_there in self._related:
            other = instances.read(values, using)
            set_here(found, other)
            if other is not None:
                set_there(other, found)
        return found


class _Instances:
    """Those of one model in the rows of a query."""

    def __init__(self, compiler: SQLCompiler, info: Any) -> None:
        self._model = info["model"]
        places = info["select_fields"]
        self._first, self._end = places[0], places[-1] + 1
        columns: Any = [column for column, *_rest in compiler.select[self._first : self._end]]
        self._names = [column.target.attname for column in columns]
        self._pk = self._first + self._names.index(self._model._meta.pk.attname)

    def read(self, values: list[Any], using: str) -> Any:
        """None where the row has none."""
        if values[self._pk] is None:
            return None
        return self._model.from_db(using, self._names, values[self._first : self._end])
