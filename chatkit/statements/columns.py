"""How a model's values become those of a statement: as by Django, with less asking for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SmallIntegerField,
    TextField,
)

# Values of these types go into these columns as they are; subclasses may do something about it.
TEXTS = {CharField, TextField}
NUMBERS = {
    BigAutoField, BigIntegerField, IntegerField, PositiveIntegerField, PositiveSmallIntegerField,
    SmallIntegerField,
}  # fmt: skip
_known: dict[tuple[object, ...], list[tuple[Field[Any, Any], str, type | None]]] = {}


def values(fields: Sequence[Field[Any, Any]], row: Model, connection: Any) -> Iterator[Any]:
    """What the database gets for these fields of a new row."""
    key = (connection.vendor, *fields)
    if key not in _known:
        _known[key] = [_column(field, connection.vendor) for field in fields]
    for field, name, plain in _known[key]:
        # Some fields make their value as the row is saved.
        value = getattr(row, name) if name else field.pre_save(row, add=True)
        if value is None or type(value) is plain:
            yield value
        else:
            yield field.get_db_prep_save(value, connection)


def _column(field: Field[Any, Any], vendor: str) -> tuple[Field[Any, Any], str, type | None]:
    """The field; the attribute that has its value, "" where it is to be asked; and the type of
    values which need no preparation."""
    name = str(field.attname) if type(field).pre_save is Field.pre_save else ""
    return field, name, _plain(field, vendor)


def _plain(field: Field[Any, Any], vendor: str) -> type | None:
    while type(field) is ForeignKey:
        field = field.target_field
    if type(field) in TEXTS:
        return str
    if type(field) is BooleanField:
        return bool
    # PostgreSQL's driver is told the size of a number.
    return int if type(field) in NUMBERS and vendor != "postgresql" else None
