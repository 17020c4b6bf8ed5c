"""Questions that may be asked next, under an answer: looked for once, by a request of its own after
the answer, and kept with its last item."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Least
from django.http import HttpRequest, JsonResponse
from django.utils import timezone, translation

from .. import admission, conf, limits
from ..api import api_view
from ..exceptions import ApiError
from ..models import Run, Session, Thread, ThreadItem, texts_of
from ..signals import run_changed
from .door import check_answers, identify, secret_of
from .runs.context import ChatContext, work_of
from .runs.inside_transaction import process_of_request
from .runs.process import Process, in_database
from .runs.usage import MOST as MOST_TOKENS
from .views import context_of, is_open

if TYPE_CHECKING:
    from .engine import DjangoChatKitServer

logger = logging.getLogger("chatkit.follow_ups")

MOST = 3
LONGEST = 80  # characters of one
SECONDS = 10.0  # to look for them
COUNTED = ("tokens_in", "tokens_cached", "tokens_out")
SPOKEN = ("user_message", "assistant_message", "widget")


_asking: dict[tuple[Process, int], threading.Event] = {}  # by their items


@dataclass(frozen=True)
class Answered:
    """The end of a conversation: its last item, what was asked, and the run that answered."""

    item: ThreadItem
    asked: str
    said: str
    run: Run


@api_view("GET")
def follow_ups(request: HttpRequest, thread_id: str) -> JsonResponse:
    """`{"item_id", "follow_ups"}`: up to three questions that may be asked after this item."""
    session, allowed = in_database(identify, secret_of(request))
    server = check_answers(session, allowed)
    limits.check(request, "request", session.person_pk, session.workflow_id)
    answered = in_database(_answered, session, thread_id) if conf.get("FOLLOW_UPS") else None
    if answered is None:
        return JsonResponse({"item_id": None, "follow_ups": []})
    found = answered.item.follow_ups
    if found is None and in_database(admission.closed, session.person, session.workflow_id):
        found = []
    if found is None:
        context = context_of(request, session)
        with process_of_request() as process, _once(process, answered.item.pk) as first:
            found = in_database(_kept, answered.item.pk)
            if found is None and first:
                asked = _asked(server, answered, context)
                found = process.wait_for(asked, SECONDS + 5)
                in_database(_keep, answered, found, context)
    return JsonResponse({"item_id": answered.item.item_id, "follow_ups": found or []})


@contextmanager
def _once(process: Process, item: int) -> Iterator[bool]:
    """Whether nobody in this process, or its part for a tenant, looks for those of this item
    already. Who comes second, such as another tab, waits for the first: a model is asked once."""
    mine = threading.Event()
    theirs = _asking.setdefault((process, item), mine)
    if theirs is not mine:
        theirs.wait(SECONDS + 5)
        yield False
        return
    try:
        yield True
    finally:
        del _asking[process, item]
        mine.set()


def _answered(session: Session, thread_id: str) -> Answered | None:
    """The last answer of a conversation in which something may be asked, where it is one and no
    other is being written."""
    thread = Thread.objects.for_session(session, deleted=True).filter(pk=thread_id).first()
    if thread is None:
        raise ApiError("not_found")
    if thread.deleted_at is not None:
        return None  # in the moment in which the page asked
    if not is_open(thread):
        return None
    shown = ThreadItem.objects.filter(thread=thread, superseded=False)
    last = shown.filter(type__in=SPOKEN).order_by("-sequence").first()
    # With what budgets ask of it: it may be deleted until they are told.
    runs = Run.objects.filter(thread=thread).select_related("thread", "user", "visitor")
    run = runs.order_by("-created_at", "-pk").first()
    if last is None or last.type == "user_message" or run is None or run.live is not None:
        return None
    if run.outcome != Run.Outcome.ANSWERED and last.follow_ups is None:
        return None
    question = shown.filter(type="user_message", sequence__lt=last.sequence)
    asked = question.order_by("-sequence").first()
    return Answered(last, _text(asked), _text(last), run) if asked is not None else None


def _text(item: ThreadItem | None) -> str:
    return " ".join(texts_of(item.type, item.payload)) if item is not None else ""


async def _asked(
    server: DjangoChatKitServer, answered: Answered, context: ChatContext
) -> list[str] | None:
    """None where they could not be looked for: they are when the page asks again."""
    from .titles import shorten

    try:
        with translation.override(context.language), timezone.override(context.time_zone):
            async with asyncio.timeout(SECONDS):
                found = await server.follow_ups(answered.asked, answered.said, context)
    except Exception as error:  # nobody waits for them
        logger.info("run %s: no follow-ups, %s", answered.run.pk, type(error).__name__)
        return None
    return chosen((shorten(text, LONGEST) for text in found), answered.asked)


def chosen(texts: Iterable[str], asked: str) -> list[str]:
    """At most three different ones, and not what was just asked."""
    taken = {_bare(asked)}
    kept: list[str] = []
    for text in texts:
        if text and _bare(text) not in taken and len(kept) < MOST:
            taken.add(_bare(text))
            kept.append(text)
    return kept


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _kept(item: int) -> list[str] | None:
    """Those that were found meanwhile."""
    row = ThreadItem.objects.filter(pk=item).only("follow_ups").first()
    return row.follow_ups if row is not None else []


def _keep(answered: Answered, found: list[str] | None, context: ChatContext) -> None:
    """Store them with the item, and what they have cost with the run."""
    if found is not None:  # of two pages that asked at once, the first one's
        item = ThreadItem.objects.filter(pk=answered.item.pk, follow_ups__isnull=True)
        item.update(follow_ups=found)
    spent = work_of(context).spent
    if spent:
        sums = {name: sum(counts[at] or 0 for counts in spent) for at, name in enumerate(COUNTED)}
        more = {name: min(count, MOST_TOKENS) for name, count in sums.items()}
        # No more than the column holds: the sum itself would be an error of the database.
        added = {
            name: Least(Coalesce(F(name), 0), MOST_TOKENS - count) + count
            for name, count in more.items()
        }
        with transaction.atomic():
            kept = Run.objects.filter(pk=answered.run.pk).update(**added)
            if kept:
                admission.count(answered.run.pk, more)
            else:  # the conversation was deleted meanwhile, which gives nothing back
                admission.count_lost(answered.run, more)
        if kept:
            run_changed.send_robust(sender=Run, run=answered.run)
