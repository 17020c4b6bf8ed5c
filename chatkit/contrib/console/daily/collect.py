"""Counting runs: by one query for each kind of figures, whatever the number of days."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Left

from chatkit import analytics
from chatkit.models import Feedback, Run, Thread, ThreadItem

from ..period import DAY, midnight, today
from . import buckets
from .facts import ERROR, Article, Kind, Person, put, with_outcome
from .facts import Sum as Figure

Days = Sequence[datetime.date]
FEW = 7  # days
RECENT = 7 * DAY  # so few votes are younger that looking at all of them is cheaper


def runs_of(days: Days) -> QuerySet[Run]:
    """The runs that began on these days, `nth` saying on which: its place among them.

    Not by a function of the database: MariaDB knows no time zones where nobody has loaded them.
    """
    spans = Q(pk__in=())
    for first, last in _spans(days):
        spans |= Q(created_at__gte=midnight(first), created_at__lt=midnight(last + DAY))
    return Run.objects.filter(spans).order_by().annotate(nth=place(days), workflow=_workflow(days))


def _workflow(days: Days) -> Combinable:
    """The workflow of a run's thread. Of few days the threads are looked up one by one: for a
    join, PostgreSQL reads all threads that there are."""
    if len(days) > FEW:
        return F("thread__workflow_id")
    thread = Thread.objects.filter(pk=OuterRef("thread_id")).order_by()
    return Subquery(thread.values("workflow_id")[:1])


def place(days: Days) -> Combinable:
    """The place of a row's day among these, which rise, as an expression: found in as few
    comparisons as a search in halves needs, for a row of any of them."""
    return _place(days, 0, len(days)) if days else Value(0, output_field=IntegerField())


def _place(days: Days, first: int, end: int) -> Combinable:
    if end - first == 1:
        return Value(first, output_field=IntegerField())
    middle = (first + end) // 2
    return Case(
        When(created_at__lt=midnight(days[middle]), then=_place(days, first, middle)),
        default=_place(days, middle, end),
        output_field=IntegerField(),
    )


def _spans(days: Days) -> Iterator[tuple[datetime.date, datetime.date]]:
    """The first and the last day of each unbroken row of days."""
    numbered = enumerate(days)
    for _start, group in groupby(numbered, key=lambda pair: pair[1].toordinal() - pair[0]):
        row = [day for _number, day in group]
        yield row[0], row[-1]


def voted_down(runs: QuerySet[Run], since: datetime.datetime | None) -> QuerySet[Run]:
    """Those with a thumbs down."""
    votes: dict[str, Any] = {}
    if since is not None and since < midnight(today() - RECENT):
        # Of these threads alone: all later votes would be looked at otherwise.
        votes["thread_id__in"] = runs.values("thread_id")
    return voted(runs, Feedback.Kind.NEGATIVE, since, **votes)


def voted(
    runs: QuerySet[Run], kind: str, since: datetime.datetime | None = None, **votes: Any
) -> QuerySet[Run]:
    """Those with a vote of this kind. None of `runs` began before `since`, so that no vote on them
    is older; `votes` narrow the votes down otherwise.

    A vote is on the run that was the latest of its thread when the voted item was made, as for
    `Run.objects.unanswered()`.
    """
    if since is not None:
        votes["created_at__gte"] = since
    return runs.filter(pk__in=answers_of(Feedback.objects.filter(kind=kind, **votes)))


def answers_of(votes: QuerySet[Feedback]) -> QuerySet[Any, Any]:
    """The ids of the runs that these votes are on."""
    item = ThreadItem.objects.filter(thread_id=OuterRef("thread_id"), item_id=OuterRef("item_id"))
    run = Run.objects.filter(
        thread_id=OuterRef("thread_id"), created_at__lte=OuterRef("made_at")
    ).order_by("-created_at", "-pk")
    return (
        votes.annotate(made_at=Subquery(item.values("created_at")[:1]))
        .annotate(answered_by=Subquery(run.values("pk")[:1]))
        .order_by()
        .values_list("answered_by", flat=True)
    )


TOKENS = {
    "sum_in": Sum("tokens_in"),
    "sum_cached": Sum("tokens_cached"),
    "sum_out": Sum("tokens_out"),
}
BY_KIND = ("nth", "workflow", "model", "outcome", "cause")


def figures(days: Days) -> dict[Kind, Figure]:
    """By workflow, model, outcome and cause. Two queries."""
    found: dict[Kind, Figure] = {}
    if not days:
        return found
    runs = runs_of(days).annotate(cause=_cause())
    rows = runs.annotate(bucket=buckets.expression("first_token_ms")).values(*BY_KIND, "bucket")
    for row in rows.annotate(answers=Count("pk"), **TOKENS):
        key = _kind(days, row)
        sum_ = with_outcome(key.outcome, row)
        if row["bucket"] != buckets.NONE:
            sum_.first[row["bucket"]] = sum_.answers
        put(found, key, sum_)
    for row in voted_down(runs, midnight(days[0])).values(*BY_KIND).annotate(down=Count("pk")):
        put(found, _kind(days, row), Figure(down=row["down"]))
    return found


def _cause() -> Case:
    """The cause of a failure; other runs' notes are none."""
    failed = When(outcome__in=("failed", "interrupted"), then=Left("error", ERROR))
    return Case(failed, default=Value(""))


def _kind(days: Days, row: dict[str, object]) -> Kind:
    nth, *rest = (row[name] for name in BY_KIND)
    assert isinstance(nth, int)
    return Kind(days[nth], *map(str, rest))


BY_PERSON = ("nth", "user_id", "workflow", "model")


def people(days: Days) -> dict[Person, Figure]:
    """By person, workflow and model. Two queries."""
    found: dict[Person, Figure] = {}
    if not days:
        return found
    runs = runs_of(days)
    for row in runs.values(*BY_PERSON, "outcome").annotate(answers=Count("pk"), **TOKENS):
        put(found, _person(days, row), with_outcome(row["outcome"], row))
    for row in voted_down(runs, midnight(days[0])).values(*BY_PERSON).annotate(down=Count("pk")):
        put(found, _person(days, row), Figure(down=row["down"]))
    return found


def _person(days: Days, row: dict[str, object]) -> Person:
    nth, user_id, workflow_id, model = (row[name] for name in BY_PERSON)
    assert isinstance(nth, int)
    return Person(days[nth], user_id, str(workflow_id), str(model))


def articles(days: Days) -> dict[Article, Figure]:
    """By article that was cited; an answer counts once for each. Two queries."""
    found: dict[Article, Figure] = {}
    if not days:
        return found
    runs: Any = runs_of(days).exclude(cited=[])
    for nth, cited in runs.values_list("nth", "cited").iterator(2000):
        for article in cited_articles(cited):
            put(found, Article(days[nth], article), Figure(answers=1))
    down: Any = voted_down(runs, midnight(days[0]))
    for nth, cited in down.values_list("nth", "cited"):
        for article in cited_articles(cited):
            put(found, Article(days[nth], article), Figure(down=1))
    return found


def cited_articles(cited: object) -> set[str]:
    """The articles of a run's `cited`, by as much of their names as is kept."""
    return {name[:200] for name in analytics.cited_articles(cited)}
