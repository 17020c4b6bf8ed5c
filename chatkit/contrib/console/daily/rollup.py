"""Making up days that are over, and what is kept of runs that are deleted."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from chatkit.models import Run

from ..models import Day, DayArticle, DayFigures, DayPerson
from ..period import DAY, day_of, midnight
from . import collect, months, summary
from .facts import COUNTS, Article, Facts, Kind, Person, Sum, put
from .locks import lock
from .read import stale_ones

BATCH = 500
# A question of the last moment may be in a transaction that ends after midnight: what is made up
# without it would stay so.
MARGIN = datetime.timedelta(minutes=10)


def due() -> Iterator[datetime.date]:
    """The days before today that have no figures yet, or stale ones; oldest first. Until MARGIN
    after midnight, the last of them is counted from its runs."""
    end = day_of(timezone.now() - MARGIN)
    first = Run.objects.order_by("created_at", "pk").values_list("created_at", flat=True).first()
    kept = stale_ones(Day.objects.all())
    days = [day for day, stale in kept.items() if stale]
    if first is not None:
        day = day_of(first)
        while day < end:
            if day not in kept:
                days.append(day)
            day += DAY
    yield from sorted(day for day in set(days) if day < end)


def make_up(days: Iterable[datetime.date] | None = None) -> int:
    """Make up these days, or all that are due. Returns how many there were.

    Each is a transaction of its own, and may be made up again at any time.
    """
    count = 0
    for day in due() if days is None else days:
        _make_up(day)
        count += 1
    months.sum_up()
    return count


def _make_up(day: datetime.date) -> None:
    Day.objects.bulk_create([Day(day=day)], ignore_conflicts=True)
    with transaction.atomic():
        lock(Q(day__range=months.days_of(months.month_of(day))))
        # Before they are counted: what ends or is deleted meanwhile waits for the lock, or marks
        # the day as stale after it.
        runs = Run.objects.filter(created_at__gte=midnight(day), created_at__lt=midnight(day + DAY))
        facts, going_on = Facts(), False
        if runs.exists():  # on many days of a small site there are none
            going_on = runs.filter(status=Run.Status.RUNNING).exists()
            facts = Facts(collect.figures([day]), collect.people([day]), collect.articles([day]))
        gone = _gone_of(day)
        for model in (DayFigures, DayPerson, DayArticle):
            model._default_manager.filter(day=day).delete()
        write(facts)
        write(gone, gone=True)
        months.unsum(day)
        figures = dict(facts.figures)
        for kind, sum_ in gone.figures.items():
            put(figures, kind, sum_)
        values = {"stale": going_on, "summary": summary.written(figures)}
        Day.objects.filter(day=day).update(made_at=timezone.now(), **values)


def mark_stale(day: datetime.date) -> None:
    """Something of that day has changed: it is counted from its runs until it is made up again."""
    Day.objects.filter(day=day).update(stale=True)


def keep_counts(facts: Facts) -> None:
    """Take these runs, which are about to be deleted, out of what is counted of their days, and
    keep their counts as those of runs that are gone. In the transaction that deletes them."""
    days = sorted({key.day for key in facts.figures})
    Day.objects.bulk_create([Day(day=day) for day in days], ignore_conflicts=True)
    lock(Q(day__in=days))
    write(facts, gone=True)
    write(facts, factor=-1)
    people = facts.people.items()
    moved = [
        (Person(person.day, None, person.workflow_id, person.model), sum_)
        for person, sum_ in people
    ]
    moved += [(person, sum_.times(-1)) for person, sum_ in people]
    months.move(moved, days)


def write(facts: Facts, *, gone: bool = False, factor: int = 1) -> None:
    """Add rows with these sums; `gone` ones are of nobody."""
    figures = [
        DayFigures(
            **kind._asdict(),
            **_counts(DayFigures, sum_, factor),
            first={str(key): factor * count for key, count in sum_.first.items()},
            gone=gone,
        )
        for kind, sum_ in facts.figures.items()
    ]
    people = [
        DayPerson(
            **person._asdict() | ({"user_id": None} if gone else {}),
            **_counts(DayPerson, sum_, factor),
            gone=gone,
        )
        for person, sum_ in facts.people.items()
    ]
    articles = [
        DayArticle(**article._asdict(), **_counts(DayArticle, sum_, factor), gone=gone)
        for article, sum_ in facts.articles.items()
    ]
    DayFigures.objects.bulk_create(figures, batch_size=BATCH)
    DayPerson.objects.bulk_create(people, batch_size=BATCH)
    DayArticle.objects.bulk_create(articles, batch_size=BATCH)


def _counts(model: type[models.Model], sum_: Sum, factor: int) -> dict[str, int]:
    names = {field.name for field in model._meta.get_fields()}
    return {name: factor * getattr(sum_, name) for name in COUNTS if name in names}


def _gone_of(day: datetime.date) -> Facts:
    """The sums of that day's deleted runs, which may stand in many rows."""
    facts = Facts()
    for row in DayFigures.objects.filter(day=day, gone=True):
        key = Kind(day, row.workflow_id, row.model, row.outcome, row.error)
        put(facts.figures, key, sum_of(row))
    for person in DayPerson.objects.filter(day=day, gone=True):
        put(facts.people, Person(day, None, person.workflow_id, person.model), sum_of(person))
    for article in DayArticle.objects.filter(day=day, gone=True):
        put(facts.articles, Article(day, article.article), sum_of(article))
    return facts


def sum_of(row: Any) -> Sum:
    """The sum that a row holds."""
    sum_ = Sum.of({name: getattr(row, name, 0) for name in COUNTS})
    for key, count in (getattr(row, "first", None) or {}).items():
        sum_.first[int(key)] += count
    return sum_
