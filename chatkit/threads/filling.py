"""Fills in the words of rows that have none yet: those of before there were any, and those that an
older release of the app has written meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from .. import fulltext
from ..models import Thread, ThreadItem, owner_of, texts_of

BATCH = 500


def fill() -> int:
    """Fill in all that are missing, in batches that are each committed. How many there were."""
    count = 0
    for rows in _batches(ThreadItem, "words", ("pk", "type", "payload", *OWNER)):
        _write(ThreadItem, "words", [(_words(*rest), pk) for pk, *rest in rows])
        count += len(rows)
    for rows in _batches(Thread, "title_words", ("pk", "title")):
        _write(Thread, "title_words", [(fulltext.kept([title]), pk) for pk, title in rows])
        count += len(rows)
    return count


OWNER = ("thread__workflow_id", "thread__temporary", "thread__user_id", "thread__visitor_id")


def _words(kind: str, payload: object, workflow_id: str, temporary: bool, *owners: Any) -> str:
    texts = [] if temporary else texts_of(kind, payload)
    person_pk = next(pk for pk in owners if pk is not None)
    return fulltext.kept(texts, also=owner_of(person_pk, workflow_id))


def _batches(model: type[Model], field: str, columns: Sequence[str]) -> Iterable[list[Any]]:
    missing = model._default_manager.filter(**{field: None}).order_by("pk")
    last: Any = None
    while True:
        rest = missing if last is None else missing.filter(pk__gt=last)
        rows = list(rest.values_list(*columns)[:BATCH])
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def _write(model: type[Model], field: str, values: list[Any]) -> None:
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column or "")
    sql = f"UPDATE {table} SET {quote(field)} = %s WHERE {key} = %s"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, values)
