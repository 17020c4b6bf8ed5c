"""How a model's values become those of a statement: as by Django, with less asking for each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SmallIntegerField,
    TextField,
)

if TYPE_CHECKING:
    AnyField = Field[Any, Any]

# Values of these types go into these columns as they are; subclasses may do something about it.
TEXTS = {CharField, TextField}
NUMBERS = {
    BigAutoField, BigIntegerField, IntegerField, PositiveIntegerField, PositiveSmallIntegerField,
    SmallIntegerField,
}  # fmt: skip
Prepare = Callable[[Any, Any], Any]  # of a value and a connection, what the database gets


class Columns:
    """Columns of new rows, for one kind of database."""

    def __init__(self, fields: Sequence[AnyField], vendor: str) -> None:
        self.fields = fields
        self._columns = [_column(field, vendor) for field in fields]

    def values(self, row: Model, connection: Any) -> list[Any]:
        """What the database gets for these of a row."""
        found = []
        for field, name, plain, prepare in self._columns:
            # Some fields make their value as the row is saved.
            value = getattr(row, name) if name else field.pre_save(row, add=True)
            if value is not None and type(value) is not plain:
                value = prepare(value, connection)
            found.append(value)
        return found


def _column(field: AnyField, vendor: str) -> tuple[AnyField, str, type | None, Prepare]:
    """The field; the attribute that has its value, "" where it is to be asked; the type of values
    which need no preparation; and the preparation of others."""
    name = str(field.attname) if type(field).pre_save is Field.pre_save else ""
    return field, name, _plain(field, vendor), _prepare(field, vendor)


@cache
def preparation(model: type[Model], name: str, vendor: str) -> Prepare:
    """What makes of a value for this field what the database gets."""
    field: Any = model._meta.get_field(name)
    plain, prepare = _plain(field, vendor), _prepare(field, vendor)
    return lambda value, connection: value if type(value) is plain else prepare(value, connection)


def _prepare(field: AnyField, vendor: str) -> Prepare:
    if type(field) is DateTimeField and vendor == "sqlite":
        return lambda value, connection: _time(field, value, connection)
    return field.get_db_prep_save


def _time(field: AnyField, value: Any, connection: Any) -> Any:
    """SQLite keeps times as text, by the connection's clocks: as Django writes those in UTC."""
    if (
        type(value) is datetime.datetime
        and value.tzinfo is datetime.UTC
        and connection.timezone is datetime.UTC
    ):
        return str(value.replace(tzinfo=None))
    return field.get_db_prep_save(value, connection)


def _plain(field: AnyField, vendor: str) -> type | None:
    while type(field) is ForeignKey:
        field = field.target_field
    if type(field) in TEXTS:
        return str
    if type(field) is BooleanField:
        return bool
    # PostgreSQL's driver is told the size of a number.
    return int if type(field) in NUMBERS and vendor != "postgresql" else None
