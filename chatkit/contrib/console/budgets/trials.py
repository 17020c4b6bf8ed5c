"""Questions on trial, as those of evaluations: they count for the budgets that all share, of the
site and of the workflow. Those of a person or a group are for what people ask for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from ..prices import cost
from .gate import add, take
from .standing import standings

if TYPE_CHECKING:
    from chatkit.selfhosted.trial import Answer


def let_in(workflow_id: str) -> None:
    """Count one more message; ApiError where a budget is used up."""
    with transaction.atomic():
        take(None, workflow_id)


def count(workflow_id: str, answer: Answer) -> None:
    """Count what its answer has used."""
    used = (answer.tokens_in, answer.tokens_cached, answer.tokens_out)
    if tokens := used[0] + used[2]:
        add(standings(None, workflow_id), tokens, cost(answer.model, *used))
