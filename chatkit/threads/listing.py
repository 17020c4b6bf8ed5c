"""The list of conversations, page by page: the pinned ones, then the others by last use."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from .. import fulltext
from ..exceptions import ApiError
from ..fields import JsonObject
from ..models import Run, Session, Thread, ThreadItem, said_in
from ..models.said import MESSAGES

PAGE = 50
# After which a run that nobody has heard of is taken for over: its process is gone.
SILENT = datetime.timedelta(minutes=1)
NAMES = {place.value: place.name.lower() for place in Thread.Place}
COLUMNS = ("id", "title", "last_line", "place", "created_at", "updated_at")


def mine(session: Session) -> QuerySet[Thread]:
    """What a list may show."""
    return Thread.objects.for_session(session).filter(temporary=False)


def page(session: Session, after: str, *, archived: bool) -> JsonObject:
    """`{"data", "has_more", "after"}`, and on the first page `pinned`. Five queries, whatever there
    is; three more where lines have to be looked up."""
    place = Thread.Place.ARCHIVE if archived else Thread.Place.LIST
    newest = mine(session).order_by("-updated_at", "-pk")
    pinned: list[Thread] = []
    if not after and not archived:
        # All, also where more came together than may be pinned: they are in no other list.
        pinned = list(newest.filter(place=Thread.Place.PINNED).only(*COLUMNS))
    rows = list(_behind(newest.filter(place=place), after).only(*COLUMNS)[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    told = tell([*pinned, *rows])
    found: JsonObject = {
        "data": told[len(pinned) :],
        "has_more": more,
        "after": f"{rows[-1].updated_at.isoformat()}~{rows[-1].pk}" if more else None,
    }
    return found if after or archived else {"pinned": told[: len(pinned)], **found}


def tell(threads: Sequence[Thread]) -> list[JsonObject]:
    """These conversations as the list shows them. One query, and three where lines are missing."""
    fill_lines([thread for thread in threads if thread.last_line is None])
    answering = live([thread.pk for thread in threads])
    return [
        {
            "id": thread.pk,
            "title": thread.title,
            "line": thread.last_line,
            "place": NAMES[thread.place],
            "answering": thread.pk in answering,
            "created_at": _wire(thread.created_at),
            "updated_at": _wire(thread.updated_at),
        }
        for thread in threads
    ]


def live(ids: Sequence[str]) -> set[str]:
    """Those in which an answer is being written now."""
    if not ids:
        return set()
    return {pk for pk in _writing().filter(live__in=ids).values_list("live", flat=True) if pk}


def now(session: Session) -> JsonObject:
    """`{"answering", "used_at"}`: what changes in a list that is open, as cheaply as can be told.
    Two queries, and one more while an answer is being written."""
    # A range, which each database looks up in the index of live runs.
    runs = _writing().filter(live__gt="", **session.owned_by)
    live_ids = list(runs.values_list("live", flat=True))
    own = mine(session).filter(pk__in=live_ids).order_by()
    ids = list(own.values_list("pk", flat=True)) if live_ids else []
    last = mine(session).filter(place=Thread.Place.LIST).order_by("-updated_at", "-pk")
    used_at = last.values_list("updated_at", flat=True).first()
    return {"answering": ids, "used_at": None if used_at is None else _wire(used_at)}


def fill_lines(threads: Sequence[Thread]) -> None:
    """Look up the last line of these and keep it. Three queries, or none."""
    if not threads:
        return
    last = ThreadItem.objects.shown().filter(thread=OuterRef("pk"), type__in=MESSAGES)
    numbers = dict(
        Thread.objects.filter(pk__in=[thread.pk for thread in threads])
        .order_by()
        .values_list("pk", Subquery(last.order_by("-sequence").values("sequence")[:1]))
    )
    items = ThreadItem.objects.in_bulk([number for number in numbers.values() if number])
    for thread in threads:
        item = items.get(numbers.get(thread.pk) or 0)
        thread.last_line = fulltext.line(said_in(item.type, item.payload)) if item else ""
    # Unless something was said meanwhile.
    Thread.objects.filter(last_line=None).bulk_update(threads, ["last_line"])


def _writing() -> QuerySet[Run]:
    heard = timezone.now() - SILENT
    return Run.objects.filter(
        Q(heartbeat_at__gte=heard) | Q(heartbeat_at=None, created_at__gte=heard)
    )


def _behind(threads: QuerySet[Thread], after: str) -> QuerySet[Thread]:
    """Those behind the one that the last page ended with."""
    if not after:
        return threads
    moment, _sign, pk = after.partition("~")
    try:
        at = datetime.datetime.fromisoformat(moment)
    except ValueError:
        raise ApiError("invalid_request") from None
    if not 1970 <= at.year <= 9000 or timezone.is_aware(at) != settings.USE_TZ or not pk:
        raise ApiError("invalid_request")
    # Both bounds, so that the index narrows by time before the ids are compared.
    return threads.filter(updated_at__lte=at).exclude(updated_at=at, pk__gte=pk)


def _wire(moment: datetime.datetime) -> str:
    """With its zone: a browser reads a time without one as its own."""
    aware = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return aware.astimezone(datetime.UTC).isoformat()
