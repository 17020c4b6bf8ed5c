"""Sums of months by person, for long periods: a year of days has some hundred thousand rows.

They are made when every day of a month that is over is made up, and count as long as none of these
days is stale or made up again. What is deleted is moved in them as it is in the days' own rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models import Sum as Total

from ..models import Day, DayPerson, MonthPerson
from ..period import DAY, Period, today
from .facts import COUNTS, Person, Sum
from .locks import lock

BATCH = 500
Key = tuple[datetime.date, Any, str]  # month, person, model


def month_of(day: datetime.date) -> datetime.date:
    """The first day of its month."""
    return day.replace(day=1)


def days_of(month: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a month."""
    return month, (month + 31 * DAY).replace(day=1) - DAY


def sum_up() -> int:
    """Make the sums of the months that lack them, and put together those that many deletions have
    left in pieces. How many months there were."""
    open_ = Day.objects.filter(summed=False, day__lt=month_of(today()))
    months = {month_of(day) for day in open_.values_list("day", flat=True)}
    pieces = MonthPerson.objects.filter(answers__lt=0).order_by()
    months.update(pieces.values_list("month", flat=True).distinct())
    return sum(_sum_up(month) for month in sorted(months))


def _sum_up(month: datetime.date) -> bool:
    days = Q(day__range=days_of(month))
    with transaction.atomic():
        lock(days)
        if Day.objects.filter(days).filter(Q(stale=True) | Q(summary__isnull=True)).exists():
            return False
        totals = {f"total_{name}": Total(name) for name in COUNTS}
        rows = DayPerson.objects.filter(days).order_by().values("user_id", "model")
        found = rows.annotate(**totals).values_list("user_id", "model", *totals)
        MonthPerson.objects.filter(month=month).delete()
        _create(((month, user_id, model), counts) for user_id, model, *counts in found)
        Day.objects.filter(days).update(summed=True)
    return True


def unsum(day: datetime.date) -> None:
    """The people of this day are others now. Its month is locked."""
    days = days_of(month_of(day))
    Day.objects.filter(day__range=days, summed=True).update(summed=False)


def move(people: Iterable[tuple[Person, Sum]], days: Iterable[datetime.date]) -> None:
    """Add these sums to the months of the days that are summed. `days`, those of the sums, are
    locked."""
    summed = Day.objects.filter(day__in=list(days), summed=True)
    months = {month_of(day) for day in summed.values_list("day", flat=True)}
    found: dict[Key, Sum] = {}
    for person, sum_ in people:
        if (month := month_of(person.day)) in months:
            key = month, person.user_id, person.model
            found.setdefault(key, Sum()).add(sum_)
    _create((key, [getattr(sum_, name) for name in COUNTS]) for key, sum_ in found.items())


def _create(sums: Iterable[tuple[Key, Sequence[int | None]]]) -> None:
    """Rows with these counts, in the order of COUNTS; none for those that have nothing but 0."""
    rows = [
        MonthPerson(
            month=month,
            user_id=user_id,
            model=model,
            **{name: count or 0 for name, count in zip(COUNTS, counts, strict=True)},
        )
        for (month, user_id, model), counts in sums
        if any(counts)
    ]
    MonthPerson.objects.bulk_create(rows, batch_size=BATCH)


def usable(period: Period, stale: Iterable[datetime.date]) -> list[datetime.date]:
    """The months that are wholly in the period and whose sums count. One query at most."""
    months = []
    month = month_of(period.first)
    while month <= period.last:
        first, last = days_of(month)
        if period.first <= first and last <= period.last:
            months.append(month)
        month = last + DAY
    without = {month_of(day) for day in stale}
    months = [month for month in months if month not in without]
    if not months:
        return []
    days = Day.objects.filter(day__range=(months[0], days_of(months[-1])[1]), summed=False)
    without = {month_of(day) for day in days.values_list("day", flat=True)}
    return [month for month in months if month not in without]


def outside(period: Period, months: list[datetime.date]) -> Q:
    """The days of the period that are in none of these months, which rise."""
    wanted, begin = Q(pk__in=()), period.first
    for month in months:
        first, last = days_of(month)
        if begin < first:
            wanted |= Q(day__range=(begin, first - DAY))
        begin = last + DAY
    if begin <= period.last:
        wanted |= Q(day__range=(begin, period.last))
    return wanted
