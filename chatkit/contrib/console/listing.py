"""The list of conversations, or of single answers where a filter is about answers: what is asked
for, and its rows, page by page."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left
from django.http import QueryDict
from django.utils import timezone

from chatkit.admin.base import user_search_fields
from chatkit.models import Feedback, Run, Thread

from . import causes, daily
from .daily import collect
from .daily.facts import ERROR, FAILED
from .health import HELPED, by_cause
from .period import Period

PAGE = 50
MOST_PEOPLE = 200  # whom a part of a name may mean
MOST_VOTES = 20_000  # the latest, that a list is made of
M = TypeVar("M", bound=Model)
Pages = Callable[[str], tuple[list[Any], str]]  # from what names a place: the page behind it

GROUPS: dict[str, tuple[str, ...]] = {
    "helped": HELPED,
    "failures": tuple(FAILED),
    **{outcome: (outcome,) for outcome in Run.Outcome.values},
}


@dataclass(frozen=True)
class Wanted:
    """The filters of an address. What is not known of them is as if it were not there."""

    person: str = ""
    outcome: str = ""
    feedback: str = ""
    cause: str = ""
    workflow: str = ""
    answers: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> Wanted:
        outcome, feedback = query.get("outcome", ""), query.get("feedback", "")
        return cls(
            person=query.get("person", "").strip()[:150],
            outcome=outcome if outcome in GROUPS else "",
            feedback=feedback if feedback in Feedback.Kind.values else "",
            cause=query.get("cause", "")[:ERROR],
            workflow=query.get("workflow", "")[:128],
            answers=query.get("list") == "answers",
        )

    @property
    def is_about_answers(self) -> bool:
        return bool(self.answers or self.outcome or self.feedback or self.cause)


def people(name: str) -> list[Any]:
    """The ids of those whom a name means: the one with this login name, else all that have it in
    their name or address."""
    users = get_user_model()._default_manager
    exact = list(
        users.filter(**{get_user_model().USERNAME_FIELD: name}).values_list("pk", flat=True)
    )
    if exact:
        return exact
    about = Q(pk__in=())
    for field in user_search_fields():
        about |= Q(**{f"{field.removeprefix('user__')}__icontains": name})
    return list(users.filter(about).values_list("pk", flat=True)[:MOST_PEOPLE])


VISITORS = "visitors"  # for a person: all of them
VISITOR = re.compile(r"\b(?:vis_)?([0-9a-f]{8,32})\b")


def whose(name: str) -> Q:
    """The condition for rows of those whom a name means: users, or the visitor whose key, or the
    beginning of it, is in the name, as in “Visitor 1a2b3c4d”."""
    found = Q(user_id__in=people(name))
    if name == VISITORS:
        found |= Q(visitor__isnull=False)
    elif key := VISITOR.search(name):
        found |= Q(visitor__pk__startswith=f"vis_{key[1]}")
    return found


def answers(wanted: Wanted, period: Period) -> QuerySet[Run]:
    """The runs that are asked for, newest first; none of deleted conversations."""
    runs: Any = Run.objects.undeleted()
    runs = runs.filter(created_at__gte=period.start, created_at__lt=period.end)
    if wanted.workflow:
        runs = runs.filter(thread__workflow_id=wanted.workflow)
    if wanted.person:
        runs = runs.filter(whose(wanted.person))
    if wanted.outcome:
        runs = runs.filter(outcome__in=GROUPS[wanted.outcome])
    if wanted.cause:
        recorded = [
            error
            for error in by_cause(daily.figures(period))
            if (causes.key_of(error) or "none") == wanted.cause
        ]
        runs = runs.annotate(recorded=Left("error", ERROR)).filter(
            recorded__in=recorded, outcome__in=FAILED
        )
    found: QuerySet[Run] = runs.order_by("-created_at", "-pk")
    return found


def pages_of_answers(wanted: Wanted, period: Period) -> Pages:
    """The pages of those runs."""
    runs: Any = answers(wanted, period).select_related("user")
    if not wanted.feedback:
        return partial(page_of, runs, "created_at")
    votes = Feedback.objects.filter(kind=wanted.feedback, created_at__gte=period.start)
    return partial(voted_page, runs, votes)


def voted_page(runs: QuerySet[Run], votes: QuerySet[Feedback], after: str) -> tuple[list[Run], str]:
    """As `page_of`, of the runs that these votes are on.

    From the latest vote back, for no longer than a page needs: a vote is no older than its answer,
    so that once it is older than the last answer of the page, the others are on older ones.
    """
    runs = behind(runs, "created_at", after)
    found: dict[Any, Run] = {}
    for keys, oldest in _votes_back(votes):
        voted = set(collect.answers_of(Feedback.objects.filter(pk__in=keys)))
        found |= {run.pk: run for run in runs.filter(pk__in=voted).order_by()}
        best = sorted(found.values(), key=lambda run: (run.created_at, run.pk), reverse=True)
        found = {run.pk: run for run in best[: PAGE + 1]}
        if len(found) > PAGE and oldest < best[PAGE].created_at:
            break
    rows = list(found.values())
    if len(rows) <= PAGE:
        return rows, ""
    return rows[:PAGE], place_of(rows[PAGE - 1], "created_at")


def _votes_back(votes: QuerySet[Feedback]) -> Iterator[tuple[list[Any], datetime.datetime]]:
    """The latest votes, in ever larger pieces: their ids, and the time of the oldest of them."""
    rows = votes.order_by("-created_at", "-pk").values_list("pk", "created_at")
    size, seen, place = 2 * PAGE, 0, Q()
    while seen < MOST_VOTES:
        piece = list(rows.filter(place)[:size])
        if not piece:
            return
        pk, oldest = piece[-1]
        yield [pk for pk, _at in piece], oldest
        if len(piece) < size:
            return
        place = Q(created_at__lt=oldest) | Q(created_at=oldest, pk__lt=pk)
        seen, size = seen + len(piece), 4 * size


def conversations(wanted: Wanted, period: Period) -> QuerySet[Thread]:
    """The conversations that went on in the period, newest first."""
    threads = Thread.objects.undeleted().filter(
        updated_at__gte=period.start, created_at__lt=period.end
    )
    if wanted.workflow:
        threads = threads.filter(workflow_id=wanted.workflow)
    if wanted.person:
        threads = threads.filter(whose(wanted.person))
    return threads.order_by("-updated_at", "-pk")


def page_of(rows: QuerySet[M], field: str, after: str) -> tuple[list[M], str]:
    """Some rows behind the one that `after` names, and what names the last of them, "" where
    there are no more. `rows` are ordered by `-field`, `-pk`."""
    found = list(behind(rows, field, after)[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    return found[:PAGE], place_of(found[PAGE - 1], field)


def behind(rows: QuerySet[M], field: str, after: str) -> QuerySet[M]:
    """Those of the rows that stand behind the one that `after` names; all, where it names none."""
    _time, named, pk = after.partition("~")
    if named and (at := moment_of(after)) is not None:
        rows = rows.filter(Q(**{f"{field}__lt": at}) | Q(**{field: at, "pk__lt": pk}))
    return rows


def place_of(row: Model, field: str) -> str:
    """What names a row as the last of a page."""
    return f"{getattr(row, field).isoformat()}~{row.pk}"


def each(pages: Pages, rows_of: Callable[[list[Any]], list[list[Any]]]) -> Iterator[list[Any]]:
    """The rows of all pages, one page in memory."""
    after = ""
    while True:
        found, after = pages(after)
        yield from rows_of(found)
        if not after:
            return


def moment_of(after: str) -> datetime.datetime | None:
    """The time of the row that it names, None where it names none."""
    try:
        moment = datetime.datetime.fromisoformat(after.partition("~")[0])
    except ValueError:
        return None
    if not 1970 <= moment.year <= 9000 or timezone.is_aware(moment) != settings.USE_TZ:
        return None
    # PostgreSQL knows no offset of nearly a day.
    return moment.astimezone(datetime.UTC) if settings.USE_TZ else moment


def with_last_answers(threads: Sequence[Thread]) -> list[Any]:
    """These conversations in their order, each with `last`, its latest run; `count`, that of its
    runs; and `votes`, those of its feedback by kind, with their reasons. Three queries."""
    ids = [thread.pk for thread in threads]
    runs = Run.objects.filter(thread=OuterRef("pk"))
    counted = runs.order_by().values("thread").annotate(count=Count("pk")).values("count")
    found: Any = Thread.objects.filter(pk__in=ids).select_related("user")
    found = found.annotate(
        last_id=Subquery(runs.order_by("-created_at", "-pk").values("pk")[:1]),
        count=Coalesce(Subquery(counted), 0),
    )
    by_id = {thread.pk: thread for thread in found}
    latest = Run.objects.in_bulk([thread.last_id for thread in by_id.values() if thread.last_id])
    votes: dict[str, dict[str, str]] = {}
    given = Feedback.objects.filter(thread__in=ids)
    for thread_id, kind, reason in given.values_list("thread_id", "kind", "reason"):
        kinds = votes.setdefault(thread_id, {})
        kinds[kind] = kinds.get(kind) or reason
    rows = [by_id[thread_id] for thread_id in ids if thread_id in by_id]
    for row in rows:
        row.last = latest.get(row.last_id)
        row.votes = votes.get(row.pk, {})
    return rows
