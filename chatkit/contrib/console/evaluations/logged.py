"""What the log is told of changes of sets and of their questions, without the questions' words."""

from __future__ import annotations

from typing import Any

from .models import EvaluationQuestion, EvaluationSet

WORDS = ("question", "phrase")
QUESTION = ("question", "language", "article", "phrase", "outcome")


def of_set(row: EvaluationSet) -> dict[str, Any]:
    return {"workflow_id": row.workflow_id, "bar": row.bar}


def of_question(row: EvaluationQuestion) -> dict[str, Any]:
    return {name: getattr(row, name) for name in QUESTION}


def tell_set(user: Any, row: EvaluationSet, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Tell of a set, in the transaction that changes it."""
    from chatkit.admin import recorded  # late: models are loaded along with this

    recorded.tell(user, row, before, after)


def tell_question(
    user: Any, row: EvaluationQuestion, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Tell of a question of a set, in the transaction that changes it."""
    from chatkit.admin import recorded  # late, too

    name = f"{row.evaluation_set.name} #{row.pk}"
    recorded.tell(user, row, before, after, withheld=WORDS, name=name)
