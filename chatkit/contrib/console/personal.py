"""What the console keeps about a person, and what of its rows nobody needs any more."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from chatkit import personal_data, retention
from chatkit.personal_data import RecordKind

from .audit.models import Reading
from .budgets.models import Budget, Spent
from .budgets.standing import first_day
from .changes import Change
from .models import DayPerson, Evaluation, MonthPerson
from .period import today

# An answer is counted to the period in which it began, and may end when that is over.
LATE = datetime.timedelta(days=3)
EVALUATIONS = 50  # of each set that are kept


def register() -> None:
    personal_data.register(BUDGET_USE)
    personal_data.register(DAILY_FIGURES)
    personal_data.register(MONTHLY_FIGURES)
    personal_data.register(READINGS)
    personal_data.register(CHANGES)
    retention.register("budget periods", lambda: over(today() - LATE))
    retention.register("evaluations", old_evaluations)


def over(day: datetime.date) -> QuerySet[Spent]:
    """What was used in periods that were over on this day."""
    periods = Q(pk__in=())
    for span in Budget.Span.values:
        periods |= Q(budget__span=span, begins__lt=first_day(span, day))
    return Spent.objects.filter(periods)


def old_evaluations() -> QuerySet[Evaluation]:
    """All but the newest of each set, with their results. Those that have a label stay: somebody
    wants to compare with them."""
    others = Evaluation.objects.filter(evaluation_set=OuterRef("evaluation_set"))
    last = Subquery(others.order_by("-number").values("number")[:1])
    ended = Evaluation.objects.filter(label="", ended_at__isnull=False)
    return ended.annotate(last=last).filter(number__lte=F("last") - EVALUATIONS)


def _used(user: Any) -> QuerySet[Spent]:
    return Spent.objects.filter(holder=str(user.pk))


BUDGET_USE = RecordKind(
    "budget_use",
    _used,
    ("budget_id", "begins", "messages", "tokens", "money", "unpriced"),
    # The period that still runs is kept, or one could begin a used up budget anew.
    erased=lambda user: over(today()).filter(holder=str(user.pk)),
    visitors=True,
)
DAILY_FIGURES = RecordKind(
    "daily_figures",
    lambda user: DayPerson.objects.filter(user_id=user.pk),
    (
        *("day", "workflow_id", "model", "answers", "failed", "not_found", "down"),
        *("tokens_in", "tokens_cached", "tokens_out"),
    ),
    # The sums stay, of nobody.
    forget=lambda rows: rows.update(user=None),
)
MONTHLY_FIGURES = RecordKind(
    "monthly_figures",
    lambda user: MonthPerson.objects.filter(user_id=user.pk),
    (
        *("month", "model", "answers", "failed", "not_found", "down"),
        *("tokens_in", "tokens_cached", "tokens_out"),
    ),
    forget=lambda rows: rows.update(user=None),
)
READINGS = RecordKind(
    "readings",
    lambda user: Reading.objects.filter(person_id=user.pk),
    ("at", "action", "thread_id", "what"),
    # Who read stays on record, and no longer whose.
    forget=lambda rows: rows.update(person=None),
)
CHANGES = RecordKind(
    "changes",
    lambda user: Change.objects.filter(person_id=user.pk),
    ("at", "action", "kind", "name", "before", "after"),
    # What was changed stays on record, and no longer about whom.
    forget=lambda rows: rows.update(person=None),
)
