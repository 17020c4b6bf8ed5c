"""The conversations in which words were said, page by page, the newest first.

What was used since `catch_up` is read itself, a limited number of conversations a page; the rest is
found by the words that are kept. PostgreSQL has an index of them. Other databases look at the rows
of so many conversations a page, as PostgreSQL does for words that are in very many.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import F, QuerySet

from chatkit.models import Thread

from .. import listing
from .index import said_in, whole_until
from .models import Having, Indexed, Said
from .words import is_whole, wanted

READ = 500  # conversations whose messages are read for one page
LOOKED_AT = 20_000  # conversations whose kept words are looked at for one page
FEW = 20_000  # conversations that have the words, up to which the index alone finds them fastest
FIELD = "updated_at"


@dataclass(frozen=True)
class Page:
    """`after` names the last conversation that was looked at, "" where there is none behind it;
    `cut` says that it was looked at in vain, so that there may be more."""

    threads: list[Thread]
    after: str = ""
    cut: bool = False


def found_page(threads: QuerySet[Thread], search: str, after: str) -> Page:
    """Those of `threads`, newest first, in which all the words were said. At most six queries."""
    words = wanted(search)
    rest = listing.behind(threads, FIELD, after)
    if not words:
        return Page([])
    until = whole_until()
    fresh = rest if until is None else rest.filter(updated_at__gte=until)
    page = _read(fresh, words)
    if page.after or until is None:
        return page
    return _kept(rest.filter(updated_at__lt=until), words, page.threads)


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
    if connection.vendor == "postgresql":
        having = Said.objects.filter(Indexed("words", words)).values("pk")
        if having[: FEW + 1].count() <= FEW:
            # Limited, so that they are found first, whatever PostgreSQL thinks of their number.
            found = [*found, *as_kept.filter(pk__in=having[:FEW])[:missing]]
            return _full(found) if len(found) > listing.PAGE else Page(found)
    limit = threads.values_list(FIELD, flat=True)[LOOKED_AT : LOOKED_AT + 1]
    last = next(iter(limit), None)
    if last is not None:
        as_kept = as_kept.filter(updated_at__gte=last)
    rows = as_kept.filter(Having("chatkit_console_said__words", words))
    found = [*found, *rows[:missing]]
    if len(found) > listing.PAGE:
        return _full(found)
    # "" stands before any id: those of that moment were all looked at.
    return Page(found) if last is None else Page(found, f"{last.isoformat()}~", cut=True)


def _full(found: list[Thread]) -> Page:
    return Page(found[: listing.PAGE], listing.place_of(found[listing.PAGE - 1], FIELD))
