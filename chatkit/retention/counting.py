"""How many rows a pruning would delete, of each of its steps: what an earlier one takes along is
counted there alone, as it is gone by then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import CASCADE, ForeignKey, Model, QuerySet


def counted(steps: Iterable[tuple[str, QuerySet[Any]]]) -> dict[str, int]:
    """The counts by name, of rows that are deleted in this order."""
    found = {}
    gone: list[QuerySet[Any]] = []
    for name, rows in steps:
        left = rows
        for others in gone:
            for path in _ways(rows.model, others.model):
                left = left.exclude(**{f"{path}__in": others.order_by().values("pk")})
        found[name] = left.count()
        gone.append(rows)
    return found


def _ways(model: type[Model], to: type[Model], seen: tuple[Any, ...] = ()) -> Iterator[str]:
    """How a row leads to those with which it is deleted: "pk" to itself, "run__thread"."""
    if model._meta.concrete_model is to._meta.concrete_model:
        yield "pk"
        return
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.remote_field.on_delete is CASCADE:
            parent: Any = field.related_model
            if parent not in seen:
                for path in _ways(parent, to, (*seen, model)):
                    yield field.name if path == "pk" else f"{field.name}__{path}"
