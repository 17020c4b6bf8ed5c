"""The figures of a period: kept days from their rows, today and stale days from their runs."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models import Sum as Total

from chatkit.models import Run

from ..models import Day, DayArticle, DayFigures, DayPerson, MonthPerson
from ..period import OWN, Period, day_of, today
from . import collect, months, summary
from .facts import COUNTS, Kind, Sum, as_told, put

K = TypeVar("K", bound=Hashable)
MANY = 7  # days
Times = Literal["kind", "day", ""]


def stale_days(period: Period) -> list[datetime.date]:
    """The days of the period that are counted from their runs: today, what changed since it was
    made up, and what was never made up. One query; one more where these are many, for none of
    those before the first run has anything to count."""
    kept = stale_ones(Day.objects.filter(day__range=(period.first, period.last)))
    days = [day for day in period.days if kept.get(day, True)]
    if len(days) <= MANY:
        return days
    first = Run.objects.order_by("created_at", "pk").values_list("created_at", flat=True).first()
    begun = today() if first is None else day_of(first)
    return [day for day in days if day in kept or day >= begun]


def stale_ones(days: QuerySet[Day]) -> dict[datetime.date, bool]:
    """Of each day that was ever made up, whether it has to be counted from its runs."""
    unmade = ExpressionWrapper(Q(stale=True) | Q(summary__isnull=True), BooleanField())
    return dict(days.annotate(unmade=unmade).values_list("day", "unmade"))


def _rows(model: Any, period: Period, stale: list[datetime.date]) -> Any:
    """The kept rows that count: of stale days only those of deleted runs."""
    rows = model._default_manager.filter(day__range=(period.first, period.last))
    return rows.filter(Q(gone=True) | ~Q(day__in=stale)) if stale else rows


@dataclass
class Figures:
    """The sums of a period by `Kind`."""

    period: Period
    sums: dict[Kind, Sum]

    def total(self, wanted: Callable[[Kind], bool] = lambda kind: True) -> Sum:
        """The sum of those that are wanted."""
        total = Sum()
        for kind, sum_ in self.sums.items():
            if wanted(kind):
                total.add(sum_)
        return total

    def by(self, name: Callable[[Kind], K]) -> dict[K, Sum]:
        """The sums by what `name` makes of their kinds."""
        found: dict[K, Sum] = {}
        for kind, sum_ in self.sums.items():
            key = name(kind)
            if key not in found:
                found[key] = Sum()
            found[key].add(sum_)
        return found

    def outcomes(self) -> Counter[str]:
        """How many answers had which outcome; "" is of those that go on."""
        counted: Counter[str] = Counter()
        for kind, sum_ in self.sums.items():
            counted[kind.outcome] += sum_.answers
        return counted


def figures(
    period: Period, stale: list[datetime.date] | None = None, times: Times = "kind"
) -> Figures:
    """The figures of a period. At most five queries, whatever its length.

    `times` says of what the times to the first word are told: of each day (under a kind that says
    no more), of nothing, or of each kind. Each kind of a day has up to fifty of them: to read and
    sum these would be most of the work, where otherwise a row for each day is enough.
    """
    days = stale_days(period) if stale is None else stale
    counted = [day for day in days if period.first <= day <= period.last]
    sums = collect.figures(counted)
    if times == "kind":
        _add_kinds(sums, _rows(DayFigures, period, days))
        return Figures(period, sums)
    if counted:
        # Of days that are counted anew, what was deleted since.
        gone = DayFigures.objects.filter(day__in=counted, gone=True)
        _add_kinds(sums, gone)
    kept = Day.objects.filter(day__range=(period.first, period.last), summary__isnull=False)
    rows: Any = kept.exclude(day__in=counted).values_list("day", "summary")
    for day, told in rows:
        sums.update(summary.read(day, told))
        if times and told["first"]:
            put(sums, Kind(day, "", "", "", ""), Sum(first=summary.first_words(told)))
    return Figures(period, sums)


def _add_kinds(sums: dict[Kind, Sum], rows: Any) -> None:
    own = _own(DayFigures)
    names = ["day", "workflow_id", "model", "outcome", "error", *own, "first"]
    for row in rows.values_list(*names):
        key = Kind(*row[:5])
        sum_ = Sum(**dict(zip(own, row[5:], strict=False)))
        sum_.first.update({int(bucket): count for bucket, count in (row[-1] or {}).items()})
        put(sums, key, as_told(key, sum_))


def compared(period: Period, times: Times = "day") -> tuple[Figures, Figures, list[datetime.date]]:
    """The figures of a period and of the one before it, and which of its days are stale."""
    both = Period(OWN, period.before.first, period.last)
    stale = stale_days(both)
    sums = figures(both, stale, times).sums.items()
    now, before = (
        Figures(own, {kind: sum_ for kind, sum_ in sums if own.first <= kind.day <= own.last})
        for own in (period, period.before)
    )
    return now, before, [day for day in stale if day >= period.first]


def people(
    period: Period, stale: list[datetime.date] | None = None, *by: str, tokens: bool = True
) -> dict[tuple[Any, ...], Sum]:
    """The sums of a period by person, and `by` further fields (workflow_id, model, day): the keys
    are (user_id, *by). A person whose data is deleted is None. Without `tokens` they are not
    summed: a year has some hundred thousand rows, and large numbers are slow to sum."""
    days = stale_days(period) if stale is None else stale
    found: dict[tuple[Any, ...], Sum] = {}
    names = ("user_id", *by)
    for person, sum_ in collect.people(days).items():
        put(found, tuple(getattr(person, name) for name in names), sum_)
    own = [name for name in _own(DayPerson) if tokens or not name.startswith("tokens")]
    totals = {f"total_{name}": Total(name) for name in own}
    # Months that are over have sums of their own, which tell no more than the model.
    whole = months.usable(period, days) if set(by) <= {"model"} else []
    rows, width = [_rows(DayPerson, period, days)], len(names)
    if whole:
        rows = [rows[0].filter(months.outside(period, whole))]
        rows.append(MonthPerson.objects.filter(month__in=whole))
    for part in rows:
        summed = part.order_by().values(*names).annotate(**totals)
        for row in summed.values_list(*names, *totals):
            # As `own`, in the order of a sum's fields, of which the tokens are last.
            counts: list[Any] = [count or 0 for count in row[width:]]
            put(found, row[:width], Sum(*counts))
    return found


def articles(period: Period, stale: list[datetime.date] | None = None) -> dict[str, Sum]:
    """The sums of a period by article that was cited."""
    days = stale_days(period) if stale is None else stale
    found: dict[str, Sum] = {}
    for article, sum_ in collect.articles(days).items():
        put(found, article.article, sum_)
    rows = _rows(DayArticle, period, days).order_by().values("article")
    for row in rows.annotate(total=Total("answers"), votes=Total("down")):
        put(found, row["article"], Sum(answers=row["total"], down=row["votes"]))
    return found


def _own(model: Any) -> list[str]:
    names = {field.name for field in model._meta.get_fields()}
    return [name for name in COUNTS if name in names]
