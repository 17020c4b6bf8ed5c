"""How the budgets that concern somebody stand."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Case, Count, F, FilteredRelation, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from chatkit import access
from chatkit.managers import is_visitor
from chatkit.models import Run
from chatkit.statements import Select

from .. import daily
from ..daily import collect
from ..daily.collect import TOKENS
from ..daily.facts import with_outcome
from ..evaluations.models import Evaluation
from ..models import DayPerson
from ..period import DAY, OWN, Period, midnight, today
from ..prices import cost
from ..spending import Use
from .models import Budget, Spent

WARNED = Decimal("0.8")  # of the amount


@dataclass
class Standing:
    """A budget in one period, and what is used of it; `spent` is None before the first use.
    `holder` is a visitor's key where it is `by_visitor`, else a user's."""

    budget: Budget
    holder: str
    begins: datetime.date
    spent: Spent | None = None
    by_visitor: bool = False

    @property
    def resets(self) -> datetime.datetime:
        """When the next period begins."""
        if self.budget.span == Budget.Span.DAY:
            return midnight(self.begins + DAY)
        return midnight((self.begins + 31 * DAY).replace(day=1))

    @property
    def seconds(self) -> int:
        """From now until then, and no less."""
        return max(0, int((self.resets - timezone.now()).total_seconds())) + 1

    @property
    def used(self) -> Decimal:
        """In the budget's unit."""
        return Decimal(getattr(self.spent, self.budget.unit)) if self.spent else Decimal(0)

    @property
    def share(self) -> Decimal:
        """1 where all is used."""
        return self.used / self.budget.amount if self.budget.amount else Decimal(1)

    @property
    def is_reached(self) -> bool:
        return self.used >= self.budget.amount

    @property
    def is_near(self) -> bool:
        return self.share >= WARNED

    @property
    def is_own(self) -> bool:
        """Whether one person has it alone."""
        return self.budget.each_person or self.budget.user_id is not None

    @property
    def is_shared(self) -> bool:
        """Whether everybody shares it, whoever they are."""
        budget = self.budget
        return not self.is_own and budget.group_id is None and not budget.visitors

    @property
    def is_of_visitors(self) -> bool:
        """Whether it is about visitors alone, or about one."""
        return self.budget.visitors or self.by_visitor

    @property
    def key(self) -> Q:
        """Its row of `Spent`."""
        return Q(budget_id=self.budget.pk, holder=self.holder, begins=self.begins)


def first_day(span: str, day: datetime.date) -> datetime.date:
    """The first day of the period in which this day is."""
    return day if span == Budget.Span.DAY else day.replace(day=1)


def concerning(user: Any, workflow_id: str) -> QuerySet[Budget]:
    """The active budgets that a question of this person to this workflow counts for; with None for
    the person, those that all share."""
    if user is None:
        shared = Budget.objects.filter(
            user=None, group=None, visitors=False, each_person=False, active=True
        )
        return shared.filter(workflow_id__in=("", workflow_id)).order_by("pk")
    if is_visitor(user):
        rows = Budget.objects.filter(user=None, group=None, active=True)
        return rows.filter(workflow_id__in=("", workflow_id)).order_by("pk")
    return Budget.objects.filter(
        Q(user=None) | Q(user_id=user.pk),
        Q(group=None) | Q(group__in=access.groups_of(user)),
        visitors=False,
        workflow_id__in=("", workflow_id),
        active=True,
    ).order_by("pk")


_any_budget = Select(lambda: Budget.objects.order_by().values_list("pk", flat=True)[:1])
USED = Case(When(Q(tokens_in__gt=0) | Q(tokens_out__gt=0), then=Value(1)), default=Value(0))
COLUMNS = ("holder", "begins", "messages", "tokens", "money", "unpriced")


def standings(user: Any, workflow_id: str, day: datetime.date | None = None) -> list[Standing]:
    """How each budget stands that concerns this person and workflow on this day; with None for
    the person, those that all share. One query, and one more where there are budgets."""
    # Most sites have none, and the question below costs Django a quarter of an answer's time.
    if not _any_budget():
        return []
    day = day or today()
    holder = "" if user is None else str(user.pk)
    ours = Q(
        spent__begins__in=[first_day(span, day) for span in Budget.Span.values],
        spent__holder__in=["", holder],
    )
    rows = concerning(user, workflow_id).annotate(
        current=FilteredRelation("spent", condition=ours),
        spent_pk=F("current__pk"),
        **{f"spent_{name}": F(f"current__{name}") for name in COLUMNS},
    )
    found: dict[int, Standing] = {}
    for budget in rows:
        whose = (holder, is_visitor(user)) if budget.each_person else ("", False)
        begins = first_day(budget.span, day)
        standing = found.setdefault(
            budget.pk, Standing(budget, whose[0], begins, by_visitor=whose[1])
        )
        values = {name: getattr(budget, f"spent_{name}") for name in COLUMNS}
        if (values["begins"], values["holder"]) == (standing.begins, standing.holder):
            standing.spent = Spent(budget_id=budget.pk, pk=budget.spent_pk, **values)
    return list(found.values())


def open_rows(missing: list[Standing], *, but: str = "") -> None:
    """Make the rows of standings that have none, with what was used before there was one: since
    the budget was made, or its period began. The run `but` is left out."""
    for standing in missing:
        standing.spent = used_before(standing, but=but)
    # Late: what answers is loaded by the first question, and not by every command.
    from chatkit.selfhosted.runs.writes import upsert

    rows = [standing.spent for standing in missing if standing.spent]
    # Not INSERT IGNORE: on MariaDB, of several at once all would hold the row that one has made,
    # and none could add to it. This changes nothing, and holds it alone.
    upsert(Spent, rows, ["budget", "begins", "holder"], ["begins"])


def used_before(standing: Standing, *, but: str = "") -> Spent:
    """What the answers of the period so far have used."""
    period = Period(OWN, standing.begins, max(standing.begins, today()))
    stale = daily.stale_days(period)
    whose = _whose(standing)
    if standing.is_of_visitors:
        stale = period.days  # the sums of days do not tell visitors apart: their answers do
    kept = DayPerson.objects.filter(whose(""), day__range=(period.first, period.last))
    kept = kept.filter(Q(gone=True) | ~Q(day__in=stale)) if stale else kept
    runs = collect.runs_of(stale).filter(whose("thread__")).exclude(pk=but)
    use = Use()
    counted: Any = ((kept, Sum("answers")), (runs, Count("pk")))
    for rows, count in counted:
        # Apart by whether they used tokens, as each is counted at its end, and on the page: what
        # used none needs no price, also where others of its model did.
        by_model = rows.order_by().annotate(used=USED).values("model", "used")
        for row in by_model.annotate(answers=count, **TOKENS):
            use.add(row["model"], with_outcome("", row))
    spent = Spent(
        budget=standing.budget,
        holder=standing.holder,
        begins=standing.begins,
        messages=use.answers,
        tokens=use.tokens,
        money=use.money,
        unpriced=use.unpriced,
    )
    if standing.is_shared:
        _add_evaluations(spent)
    return spent


def _add_evaluations(spent: Spent) -> None:
    """What evaluations have used since, each counted when it began."""
    budget = spent.budget
    found = Evaluation.objects.filter(created_at__gte=midnight(spent.begins))
    if budget.workflow_id:
        found = found.filter(workflow_id=budget.workflow_id)
    names = ("tokens_in", "tokens_cached", "tokens_out")
    for asked, model, *used in found.values_list("asked", "model", *names):
        spent.messages += asked
        spent.tokens += used[0] + used[2]
        paid = cost(model, *used)
        if paid is not None:
            spent.money += paid
        elif used[0] or used[2]:
            spent.unpriced += asked


def _whose(standing: Standing) -> Any:
    """The condition by which rows belong to a standing; its argument leads to the workflow."""
    budget = standing.budget

    def condition(path: str) -> Q:
        found = Q()
        if budget.user_id is not None:
            found &= Q(user_id=budget.user_id)
        if standing.is_of_visitors and not path:
            return Q(pk__in=())
        if budget.visitors:
            found &= Q(visitor__isnull=False)
        if standing.by_visitor:
            found &= Q(visitor_id=standing.holder)
        elif standing.holder:
            found &= Q(user_id=standing.holder)
        if budget.group_id is not None:
            members = get_user_model()._default_manager.filter(groups=budget.group_id)
            found &= Q(user_id__in=members.values("pk"))
        if budget.workflow_id:
            found &= Q(**{f"{path}workflow_id": budget.workflow_id})
        return found

    return condition


def of_run(run: Run) -> tuple[int, Decimal | None]:
    """The tokens and the cost of an answer; None where its model has no price."""
    used = [count or 0 for count in (run.tokens_in, run.tokens_cached, run.tokens_out)]
    return used[0] + used[2], cost(run.model, *used)
