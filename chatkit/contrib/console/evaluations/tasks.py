"""An evaluation as a task of Django's, begun from the console."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from chatkit.background import begin, task

from .models import Evaluation
from .running import carry_out


@task
def evaluate(evaluation_id: int, user_id: str) -> None:
    """Carry out an evaluation as this user. One that was begun is not begun again."""
    evaluation = Evaluation.objects.select_related("evaluation_set").filter(pk=evaluation_id)
    user = get_user_model()._default_manager.filter(pk=user_id).first()
    if (found := evaluation.first()) is not None:
        carry_out(found, user)


def start(evaluation: Evaluation, user: Any) -> None:
    """Carry out an evaluation once what was written of it is there for others."""
    key = evaluation.pk

    def refused() -> None:
        Evaluation.objects.filter(pk=key).update(
            status=Evaluation.Status.BROKEN, error="no task queue", ended_at=timezone.now()
        )

    begin(evaluate, key, str(user.pk), refused=refused)
