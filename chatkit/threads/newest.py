"""The newest messages of a person that have some words, quickly on each database.

SQLite's index gives its rows in the order of their numbers. PostgreSQL's has a way of its own, in
`chatkit.fulltext`. That of MariaDB and MySQL reads all messages of all people that have a word
before it gives one, and joins with nothing: four seconds for a word that 400,000 have. So it is
asked last. A person with few messages has these looked at. Of one with many, the newest of the
whole table are, where a word that many messages have is soon found.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from .. import fulltext
from ..fulltext import Term
from ..models import Session, ThreadItem, owner_of

MORE = 400  # messages that the index of PostgreSQL is asked for
TRIES = 5  # while none of these is to be shown
FEW = 5_000  # messages of a person who has few
AT_ONCE = 1_000  # of these
NEWEST = 20_000  # numbers of the table's newest rows

Rows = list[dict[str, Any]]


def newest_messages(
    session: Session, terms: list[Term], before: int | None, most: int
) -> tuple[Rows, int | None]:
    """The messages with these words, one more than `most` where there are more; and where to go on
    if there may be more than these. `before`: only those that are older than this one."""
    wanted = [Term("", owner_of(session.person_pk, session.workflow_id)), *terms]
    items = ThreadItem.objects.for_session(session).shown().filter(thread__temporary=False)
    items = items.order_by("-sequence").values("pk", "thread_id")
    if connection.vendor == "postgresql":
        return _by_numbers(items, wanted, before, most)
    if before is not None:
        items = items.filter(sequence__lt=before)
    if connection.vendor == "mysql":
        return _looked_through(items, wanted, before, most), None
    return list(items.filter(words__having=wanted)[: most + 1]), None


def _by_numbers(
    items: Any, wanted: list[Term], before: int | None, most: int
) -> tuple[Rows, int | None]:
    rows: Rows = []
    more = before
    for _ in range(TRIES):
        numbers = fulltext.newest(connection, wanted, more, MORE)
        more = numbers[-1] if len(numbers) == MORE else None
        # The index knows of messages that are not to be shown, which are few.
        rows = list(items.filter(pk__in=numbers)[: most + 1])
        if rows or more is None:
            break
    return rows, more


def _looked_through(items: Any, wanted: list[Term], before: int | None, most: int) -> Rows:
    numbers = list(items.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(numbers) <= FEW:
        return _among(items, sorted(numbers, reverse=True), wanted, most)
    # Without a join: no planner takes another way than down the rows, and it ends once there are
    # enough of them.
    every = ThreadItem.objects.order_by("-pk").values_list("pk", flat=True)
    if before is not None:
        every = every.filter(pk__lt=before)
    last = every.first() or 0
    having = every.filter(pk__gt=last - NEWEST, words__looked_through=wanted)
    rows = list(items.filter(pk__in=list(having[: most + most]))[: most + 1])
    return rows if len(rows) > most else list(items.filter(words__having=wanted)[: most + 1])


def _among(items: Any, numbers: list[int], wanted: list[Term], most: int) -> Rows:
    rows: Rows = []
    for first in range(0, len(numbers), AT_ONCE):
        some = items.filter(pk__in=numbers[first : first + AT_ONCE])
        rows += some.filter(words__looked_through=wanted)[: most + 1 - len(rows)]
        if len(rows) > most:
            break
    return rows
