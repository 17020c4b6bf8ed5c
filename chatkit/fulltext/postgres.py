"""The newest rows that have some words, by PostgreSQL's index, in a time that has a bound.

The index says which rows have the words, in no order: where 200,000 have them, reading all to find
the newest hundred takes a second. So the newest rows are looked at first. Where too few of them
have the words, the rest is halved until a part of it, the newest that has any, has few enough to be
read and sorted. Each look joins the index of words with that of the numbers, whatever the planner
thinks: it takes a comparison of words for cheap, which costs twenty times what it believes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from .lookup import POSTGRES, tsquery
from .sqlite import COLUMN, KEY, TABLE
from .words import Term

FIRST = 2_000  # numbers that are looked at first
CAP = 4_000  # rows that are read at one look
_SQL = (
    f"SELECT {KEY} FROM {TABLE} "  # noqa: S608
    f"WHERE {POSTGRES.format(column=COLUMN)} @@ %s::tsquery AND {KEY} >= %s AND {KEY} < %s LIMIT %s"
)
_PLANS = ("enable_seqscan", "enable_indexscan")
_NOW = f"SELECT {', '.join(f'current_setting({name!r})' for name in _PLANS)}"
_SET = f"SELECT {', '.join(f'set_config({name!r}, %s, true)' for name in _PLANS)}"


def newest(connection: Any, terms: Sequence[Term], before: int | None, most: int) -> list[int]:
    """The numbers of the newest rows that have all these words, from the newest on: `most` of
    them, or fewer where there are no more. `before`: of older rows than this one only."""
    query = tsquery(terms)
    within = connection.in_atomic_block
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        end = _end(cursor, before)
        if within:
            cursor.execute(_NOW)
            plans = cursor.fetchone()
        cursor.execute(_SET, ["off"] * len(_PLANS))
        found = _from_newest(cursor, query, end, most)
        if within:  # else they are what they were as soon as this transaction ends
            cursor.execute(_SET, plans)
    return found


def _from_newest(cursor: Any, query: str, end: int, most: int) -> list[int]:
    found: list[int] = []
    # What is still to be looked at, the newest last; `full`: it has more rows than are read.
    parts = [(0, end - FIRST, False), (max(0, end - FIRST), end, False)]
    half = None
    while parts and len(found) < most:
        first, behind, full = parts.pop()
        if first >= behind:
            continue
        if not full:
            cursor.execute(_SQL, [query, first, behind, CAP])
            rows = sorted((number for (number,) in cursor.fetchall()), reverse=True)
            if len(rows) < CAP:
                found += rows
                if not rows and parts and parts[-1] == half:
                    # All that was found in both is in the older half.
                    parts[-1] = (*half[:2], True)
                continue
        middle = (first + behind) // 2
        half = (first, middle, False)
        parts += [half, (middle, behind, False)]
    return found[:most]


def _end(cursor: Any, before: int | None) -> int:
    if before is not None:
        return before
    cursor.execute(f"SELECT max({KEY}) FROM {TABLE}")  # noqa: S608
    [last] = cursor.fetchone()
    return (last or 0) + 1
