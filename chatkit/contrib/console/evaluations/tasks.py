"""An evaluation as a task of Django's, begun from the console: `django.tasks`, before Django 6.0
its backport `django-tasks`. With a backend that runs tasks at once it is asked on a thread of this
process, so that the page that shows the progress is there meanwhile."""

from __future__ import annotations

import logging
import threading
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.utils import timezone

from chatkit.background import runs_at_once, task_library

from .models import Evaluation
from .running import carry_out

logger = logging.getLogger("chatkit.console")


def run_now(evaluation_id: int, user_id: str) -> None:
    """Carry out an evaluation as this user."""
    evaluation = Evaluation.objects.select_related("evaluation_set").filter(pk=evaluation_id)
    user = get_user_model()._default_manager.filter(pk=user_id).first()
    if (found := evaluation.first()) is not None:
        carry_out(found, user)


def evaluate(evaluation_id: int, user_id: str) -> None:
    """The task: a function alone where there is no library for tasks."""
    run_now(evaluation_id, user_id)


_library = task_library()
if _library is not None:  # workers find it by this name
    evaluate = _library.task(evaluate)


def start(evaluation: Evaluation, user: Any) -> None:
    """Carry out an evaluation once what was written of it is there for others."""
    transaction.on_commit(lambda: _enqueue(evaluation.pk, str(user.pk)))


def _enqueue(evaluation_id: int, user_id: str) -> None:
    task: Any = evaluate
    if runs_at_once(task):
        threading.Thread(
            target=_on_a_thread,
            args=(evaluation_id, user_id),
            name="chatkit-evaluation",
            daemon=True,
        ).start()
        return
    try:
        task.enqueue(evaluation_id, user_id)
    except Exception:  # a queue that does not answer
        logger.exception("The evaluation %s could not be given to the tasks.", evaluation_id)
        Evaluation.objects.filter(pk=evaluation_id).update(
            status=Evaluation.Status.BROKEN, error="no task queue", ended_at=timezone.now()
        )


def _on_a_thread(evaluation_id: int, user_id: str) -> None:
    try:
        run_now(evaluation_id, user_id)
    finally:
        connections.close_all()
