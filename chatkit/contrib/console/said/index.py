"""Keeps the words of conversations. No question waits for it: what was used since is read itself.

It goes on in the order of `updated_at`, so that what is kept is whole up to a moment.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from chatkit.models import Thread, ThreadItem

from ..asked import texts_of
from .models import Said
from .words import words_of

BATCH = 200  # conversations
ROUND = 10_000
MOST_LETTERS = 100_000  # of a conversation's words, each counted once; the rest is not found
# A conversation is marked with the time before its transaction ends, by the clock of its server.
MARGIN = datetime.timedelta(minutes=10)


def whole_until() -> datetime.datetime | None:
    """All conversations that were not used since are kept; None where none is."""
    last = Said.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    return None if last is None else last - MARGIN


def catch_up() -> int:
    """Keep the words of what is not kept as it is now. How many conversations there were."""
    # Those that are used meanwhile wait for the next time: there would be no end otherwise.
    last = Thread.objects.order_by("-updated_at").values_list("updated_at", flat=True).first()
    due = Thread.objects.exclude(chatkit_console_said__as_of=F("updated_at"))
    due = due.filter(updated_at__lte=last).order_by("updated_at", "pk") if last else due.none()
    count = 0
    while ids := list(due.values_list("pk", flat=True)[:ROUND]):
        for start in range(0, len(ids), BATCH):
            count += _keep(ids[start : start + BATCH])
    return count


def _keep(ids: list[str]) -> int:
    targeted = connection.features.supports_update_conflicts_with_target
    try:
        with transaction.atomic():
            threads = list(Thread.objects.filter(pk__in=ids).only("title", "updated_at"))
            words = said_in(threads)
            Said.objects.bulk_create(
                [
                    Said(thread=thread, as_of=thread.updated_at, words=_kept(words[thread.pk]))
                    for thread in threads
                ],
                update_conflicts=True,
                update_fields=["as_of", "words"],
                unique_fields=["thread"] if targeted else None,
            )
    except IntegrityError:  # one was deleted meanwhile; the others are due still
        return 0
    return len(threads)


def said_in(threads: Iterable[Thread]) -> Mapping[str, Iterable[str]]:
    """The words of these conversations and of their titles, by their ids. One query."""
    found = {thread.pk: dict.fromkeys(words_of(thread.title)) for thread in threads}
    items = ThreadItem.objects.filter(
        thread_id__in=list(found),
        thread__temporary=False,
        type__in=("user_message", "assistant_message"),
    )
    rows = items.order_by("thread_id", "sequence").values_list("thread_id", "payload")
    for thread_id, payload in rows.iterator(BATCH):
        for text in texts_of(payload):
            found[thread_id].update(dict.fromkeys(words_of(text)))
    return found


def _kept(words: Iterable[str]) -> str:
    text = " ".join(words)
    if len(text) > MOST_LETTERS:
        text = text[: text.rfind(" ", 0, MOST_LETTERS)]
    return f" {text} "
