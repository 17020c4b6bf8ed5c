"""How all budgets stand now, for the console."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Case, F, Q, When

from ..period import today
from .models import Budget, Spent
from .standing import WARNED, Standing, first_day


@dataclass
class Line:
    """A budget now. Of one that each person has, `fullest` is the standing of the one who has
    used the most; `near` and `reached` count the standings from 80 % on."""

    budget: Budget
    fullest: Standing
    near: int = 0
    reached: int = 0


def report() -> list[Line]:
    """All active budgets, the fullest first. Two queries."""
    days = {span: first_day(span, today()) for span in Budget.Span.values}
    lines = {
        budget.pk: Line(budget, Standing(budget, "", days[budget.span]))
        for budget in Budget.objects.filter(active=True).select_related("user", "group")
    }
    for spent in _fullest(days):
        line = lines.get(spent.budget_id)
        if line is None:
            continue
        standing = Standing(line.budget, spent.holder, spent.begins, spent)
        if standing.share >= line.fullest.share:
            line.fullest = standing
        line.near += standing.is_near
        line.reached += standing.is_reached
    return sorted(lines.values(), key=lambda line: -line.fullest.share)


def _fullest(days: dict[str, datetime.date]) -> list[Spent]:
    """The rows of this day and month that are near their budget, and of what is shared all."""
    used = Case(
        When(budget__unit=Budget.Unit.TOKENS, then=F("tokens")),
        When(budget__unit=Budget.Unit.MONEY, then=F("money")),
        default=F("messages"),
        output_field=Spent._meta.get_field("money"),
    )
    now = Q(pk__in=())
    for span, day in days.items():
        now |= Q(budget__span=span, begins=day)
    rows = Spent.objects.filter(now, budget__active=True).annotate(used_now=used)
    return list(rows.filter(Q(holder="") | Q(used_now__gte=F("budget__amount") * WARNED)))
