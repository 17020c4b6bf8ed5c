"""The conversations in which words were said, page by page, the newest first.

What was used since `catch_up` is read itself, a limited number of conversations a page; the rest is
found by the words that are kept. PostgreSQL has an index of them. Other databases look at the rows
of so many conversations a page.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, QuerySet

from chatkit.models import Thread

from .. import listing
from .index import said_in, whole_until
from .models import Having, Indexed, Said
from .words import is_whole, wanted

READ = 500  # conversations whose messages are read for one page
NEWEST = 2_000  # conversations whose kept words are looked at first
LOOKED_AT = 20_000  # the same where there is no index
ALL = 1_000_000_000
FIELD = "updated_at"


@dataclass(frozen=True)
class Page:
    """`after` names the last conversation that was looked at, "" where there is none behind it;
    `cut` says that it was looked at in vain, so that there may be more."""

    threads: list[Thread]
    after: str = ""
    cut: bool = False


def found_page(threads: QuerySet[Thread], search: str, after: str) -> Page:
    """Those of `threads`, newest first, in which all the words were said. At most nine queries."""
    words = wanted(search)
    rest = listing.behind(threads, FIELD, after)
    if not words:
        return Page([])
    until = whole_until()
    fresh = rest if until is None else rest.filter(updated_at__gte=until)
    page = _read(fresh, words)
    if page.after or until is None:
        return page
    with by_indexes():
        return _kept(rest.filter(updated_at__lt=until), words, page.threads)


@contextmanager
def by_indexes() -> Iterator[None]:
    """Have PostgreSQL use indexes, whatever it thinks of how many rows there are: to look at all
    of them is much dearer than it believes."""
    if not has_index():
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")


def _read(threads: QuerySet[Thread], words: list[str]) -> Page:
    """By the messages themselves."""
    rows = list(threads[: READ + 1])
    said = said_in(rows[:READ])
    found = [row for row in rows[:READ] if _has(set(said[row.pk]), words)]
    if len(found) > listing.PAGE:
        return _full(found)
    if len(rows) > READ:
        return Page(found, listing.place_of(rows[READ - 1], FIELD), cut=True)
    return Page(found)


def _has(said: set[str], words: list[str]) -> bool:
    return all(
        word in said or (not is_whole(word) and any(one.startswith(word) for one in said))
        for word in words
    )


def _kept(threads: QuerySet[Thread], words: list[str], found: list[Thread]) -> Page:
    """By the words that are kept of them, behind those that are `found` already."""
    as_kept = threads.filter(chatkit_console_said__as_of=F(FIELD))
    missing = listing.PAGE + 1 - len(found)
    # What many have said fills a page with the newest ones. Otherwise few have.
    rows, last = _looked_at(threads, as_kept, words, NEWEST, missing)
    if len(rows) < missing and last is not None:
        if has_index():
            rows, last = _by_index(as_kept, words)[:missing], None
        else:
            rows, last = _looked_at(threads, as_kept, words, LOOKED_AT, missing)
    if len(rows) == missing:
        return _full([*found, *rows])
    # "" stands before any id: those of that moment were all looked at.
    after = "" if last is None else f"{last.isoformat()}~"
    return Page([*found, *rows], after, cut=last is not None)


def _looked_at(
    threads: QuerySet[Thread], as_kept: QuerySet[Thread], words: list[str], most: int, missing: int
) -> tuple[list[Thread], datetime.datetime | None]:
    """Of so many, by their rows; and the time of the last, None where there are no more."""
    last = threads.values_list(FIELD, flat=True)[most : most + 1].first()
    if last is not None:
        as_kept = as_kept.filter(updated_at__gte=last)
    return list(as_kept.filter(Having("chatkit_console_said__words", words))[:missing]), last


def has_index() -> bool:
    return connection.vendor == "postgresql"


def _by_index(as_kept: QuerySet[Thread], words: list[str]) -> list[Thread]:
    """By PostgreSQL's index of the words, which the limit has it ask first."""
    having = Said.objects.filter(Indexed("words", words)).values("pk")[:ALL]
    return list(as_kept.filter(pk__in=having)[: listing.PAGE + 1])


def _full(found: list[Thread]) -> Page:
    return Page(found[: listing.PAGE], listing.place_of(found[listing.PAGE - 1], FIELD))
