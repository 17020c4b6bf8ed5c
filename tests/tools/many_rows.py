"""Rows by the hundred thousand, made by the database in a tenth of the time that it takes to send
them."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Model

# Of the number `n` of a row: an id, a moment that many seconds after %s, the id of an item, and
# the text {} as the column for JSON takes it.
MADE = {
    "sqlite": ("printf('thr_%%032x', n)", "datetime(%s, n || ' seconds')", "'msg_' || n", "{}"),
    "postgresql": (
        "'thr_' || lpad(to_hex(n), 32, '0')",
        "%s::timestamptz + n * interval '1 second'",
        "'msg_' || n",
        "({})::jsonb",
    ),
    "mysql": (
        "concat('thr_', lpad(lower(hex(n)), 32, '0'))",
        "cast(%s AS datetime(6)) + INTERVAL n SECOND",
        "concat('msg_', n)",
        "{}",
    ),
}
DIGIT = " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(10))


def insert(numbers: range, pattern: Model, varying: dict[str, tuple[str, list[Any]]]) -> None:
    """A row like `pattern` for each number, but for some columns, in one statement."""
    columns = {
        str(field.column): ("%s", [field.get_db_prep_save(value, connection)])
        for field in pattern._meta.concrete_fields
        if not field.primary_key
        for value in [getattr(pattern, field.attname)]
    } | varying
    digits = range(len(str(numbers[-1])))
    number = " + ".join(f"{10**place} * t{place}.d" for place in digits)
    tables = ", ".join(f"({DIGIT}) AS t{place}" for place in digits)
    made = ", ".join(sql for sql, _values in columns.values())
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(
            f"INSERT INTO {pattern._meta.db_table} ({', '.join(columns)}) "
            f"SELECT {made} FROM (SELECT {number} AS n FROM {tables}) AS numbers "
            "WHERE n BETWEEN %s AND %s ORDER BY n",
            [value for _sql, values in columns.values() for value in values]
            + [numbers[0], numbers[-1]],
        )
