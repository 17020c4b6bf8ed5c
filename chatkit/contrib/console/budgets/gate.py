"""Questions are counted and refused here, and answers are counted at their end."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import F

from chatkit.admission import Gate, Notice, Question
from chatkit.exceptions import ApiError
from chatkit.models import Run

from ..period import day_of
from . import words
from .models import Budget, Spent
from .standing import Standing, of_run, open_rows, standings


class BudgetGate(Gate):
    """Takes a question where no budget that concerns it is used up."""

    def admit(self, question: Question) -> Iterable[Notice]:
        found = take(
            question.user, question.workflow_id, but=question.run_id, goes_on=question.goes_on
        )
        return [notice(standing) for standing in found if standing.is_near]

    def count(self, run: Run) -> None:
        """Add what the answer has used to the period that it began in."""
        tokens, paid = of_run(run)
        self._add(run, tokens, paid)

    def count_more(self, run: Run) -> None:
        """The same; an answer without a price is one still."""
        tokens, paid = of_run(run)
        self._add(run, tokens, paid or Decimal())

    def _add(self, run: Run, tokens: int, paid: Decimal | None) -> None:
        if tokens:
            found = standings(run.person, run.thread.workflow_id, day_of(run.created_at))
            add(found, tokens, paid)


BUDGETS = BudgetGate()
TRIES = 5  # of one question, while others use up, change or delete what it counts for


def take(user: Any, workflow_id: str, *, but: str = "", goes_on: bool = False) -> list[Standing]:
    """Count one more message of each budget that concerns it, and tell how they stand; ApiError
    where one of them is used up, unless the message `goes_on` with an answer that was let in. In a
    transaction. Where rows are opened here, the run `but` is not counted as one of before."""
    counted: dict[int, Standing] = {}
    for _time in range(TRIES):
        found = standings(user, workflow_id)
        left = [standing for standing in found if standing.budget.pk not in counted]
        if missing := [standing for standing in left if standing.spent is None]:
            open_rows(missing, but=but)
        if not goes_on:
            check(left)
        counted |= {one.budget.pk: one for one in left if _is_counted(one, goes_on)}
        left = [standing for standing in left if standing.budget.pk not in counted]
        if not left:
            break
        # Others have used the last of it, or a budget was changed or deleted: look again.
    # What a site's transactions do not see of others (REPEATABLE READ) is found at no time.
    if exact := [standing for standing in left if _is_exact(standing) and not goes_on]:
        raise refusal(exact[0])
    return list(counted.values())


def _is_counted(standing: Standing, goes_on: bool) -> bool:
    """Count one more; whether its row, as it is now, is there and lets one more in."""
    rows = Spent.objects.filter(standing.key)
    if _is_exact(standing) and not goes_on:
        rows = rows.filter(messages__lt=standing.budget.amount)
    if not rows.update(messages=F("messages") + 1):
        return False
    assert standing.spent is not None
    standing.spent.messages += 1
    return True


def _is_exact(standing: Standing) -> bool:
    return standing.budget.unit == Budget.Unit.MESSAGES


def add(found: list[Standing], tokens: int, paid: Decimal | None) -> None:
    """Add what an answer has used; `paid` is None where its model has no price."""
    pks = [standing.spent.pk for standing in found if standing.spent]
    if pks:
        Spent.objects.filter(pk__in=pks).update(
            tokens=F("tokens") + tokens,
            money=F("money") + (paid or 0),
            unpriced=F("unpriced") + int(paid is None),
        )


def check(found: list[Standing]) -> None:
    """ApiError where one of them is used up."""
    if used_up := [standing for standing in found if standing.is_reached]:
        # The latest; of two that begin anew in the same moment, that of the longer time.
        raise refusal(max(used_up, key=lambda one: (one.resets, -one.begins.toordinal())))


def refusal(standing: Standing) -> ApiError:
    budget = standing.budget
    sentence = words.reached(
        standing.is_own, budget.span, budget.amount, budget.unit, standing.resets
    )
    return ApiError("budget_reached", sentence, headers={"Retry-After": str(standing.seconds)})


def notice(standing: Standing) -> Any:
    budget, share = standing.budget, min(100, int(100 * standing.share))
    return words.near(
        standing.is_own, share, budget.span, budget.amount, budget.unit, standing.resets
    )
