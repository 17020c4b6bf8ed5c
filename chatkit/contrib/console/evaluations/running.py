"""Asking all questions of a set, one after another, with the results kept as they come."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language

from chatkit import workflows
from chatkit.exceptions import ApiError
from chatkit.managers import PROCESS_GONE
from chatkit.models import Run

from ..daily.collect import cited_articles
from .models import Evaluation, EvaluationQuestion, EvaluationResult, EvaluationSet

if TYPE_CHECKING:
    from chatkit.selfhosted.trial import Answer

logger = logging.getLogger("chatkit.console")

PATIENCE = 3  # failures in a row, after which the model is taken to be gone
LONGEST = 20_000  # characters of an answer that are kept
# An evaluation that has not got on for so long has lost its process. Longer than any answer.
STALE = datetime.timedelta(minutes=30)
TOKENS = ("tokens_in", "tokens_cached", "tokens_out")
Status = Evaluation.Status


class BusyError(Exception):
    """The set is being asked already, or can't be. The text says which."""


def begin(evaluation_set: EvaluationSet, *, label: str = "", user: Any = None) -> Evaluation:
    """An evaluation that waits to be carried out; BusyError where one is going on."""
    bury(evaluation_set)
    with transaction.atomic():
        # The row of the set is the lock: the second of two at once waits, then sees the first.
        locked = EvaluationSet.objects.select_for_update().get(pk=evaluation_set.pk)
        runs = Evaluation.objects.filter(evaluation_set=locked)
        if runs.filter(status__in=(Status.WAITING, Status.RUNNING)).exists():
            raise BusyError("This set is being asked already.")
        last = runs.aggregate(last=Max("number"))["last"] or 0
        default = workflows.default()
        try:
            with transaction.atomic():
                return Evaluation.objects.create(
                    evaluation_set=locked,
                    number=last + 1,
                    label=label[:64],
                    workflow_id=locked.workflow_id or (default.id if default else ""),
                    total=locked.questions.count(),
                    started_by=user,
                )
        except IntegrityError:  # a database that can't lock rows
            raise BusyError("This set is being asked already.") from None


def bury(evaluation_set: EvaluationSet | int) -> None:
    """Break off what has lost its process, of this set or the set of this id."""
    gone = Evaluation.objects.filter(
        evaluation_set=evaluation_set,
        status__in=(Status.WAITING, Status.RUNNING),
        beat_at__lt=timezone.now() - STALE,
    )
    if gone.exists():  # pages ask every two seconds, and on SQLite each update waits for its turn
        gone.update(status=Status.BROKEN, error=PROCESS_GONE, ended_at=timezone.now())


def carry_out(
    evaluation: Evaluation,
    user: Any = None,
    told: Callable[[EvaluationResult], None] = lambda result: None,
) -> Evaluation:
    """Ask all of its questions as `user`; the evaluation, which is then done or broken off.

    A question that fails counts as not passed, with its cause. PATIENCE failures in a row, an
    assistant that can't be asked at all, or a budget of all that is used up, break it off: its
    results stay, and no later evaluation is compared with it.
    """
    claimed = Evaluation.objects.filter(pk=evaluation.pk, status=Status.WAITING)
    # Those that there are by now: the set may have changed while this one waited for a worker.
    questions = list(evaluation.evaluation_set.questions.all())
    started = {"status": Status.RUNNING, "total": len(questions), "beat_at": timezone.now()}
    if not claimed.update(**started):
        evaluation.refresh_from_db()
        return evaluation  # another process has it
    try:
        error = _ask_all(evaluation, questions, user or asker(), told)
    except Exception as failure:
        logger.exception("evaluation %s broke off", evaluation.pk)
        error = type(failure).__name__
    except BaseException:  # Ctrl C, or the process is told to end
        _end(evaluation, PROCESS_GONE)
        raise
    _end(evaluation, error)
    return evaluation


def _end(evaluation: Evaluation, error: str) -> None:
    Evaluation.objects.filter(pk=evaluation.pk, status=Status.RUNNING).update(
        status=Status.BROKEN if error else Status.DONE,
        error=error[:255],
        ended_at=timezone.now(),
    )
    evaluation.refresh_from_db()


def _ask_all(
    evaluation: Evaluation,
    questions: list[EvaluationQuestion],
    user: Any,
    told: Callable[[EvaluationResult], None],
) -> str:
    """The cause for which it was broken off, "" for none."""
    from chatkit.selfhosted.trial import Trial  # loads the SDK

    from ..budgets import trials

    trial = Trial(workflows.table()[evaluation.workflow_id], user)
    failures = 0
    for question in questions:
        try:
            trials.let_in(evaluation.workflow_id)
        except ApiError as refused:
            return refused.code
        answer = trial.ask(question.question, question.language or get_language() or "en")
        result = _result(evaluation, question, answer)
        with transaction.atomic():
            result.save()
            _count(evaluation, result, answer)
            trials.count(evaluation.workflow_id, answer)
        told(result)
        failures = failures + 1 if answer.error else 0
        if failures >= PATIENCE:
            return answer.error
    return ""


def _count(evaluation: Evaluation, result: EvaluationResult, answer: Answer) -> None:
    evaluation.asked += 1
    evaluation.passed += result.passed
    evaluation.model = answer.model or evaluation.model
    for name in TOKENS:
        setattr(evaluation, name, getattr(evaluation, name) + getattr(answer, name))
    evaluation.beat_at = timezone.now()
    evaluation.save(update_fields=["asked", "passed", "model", "beat_at", *TOKENS])


def _result(
    evaluation: Evaluation, question: EvaluationQuestion, answer: Answer
) -> EvaluationResult:
    articles = sorted(cited_articles(answer.cited))
    asked = ("key", "question", "language", "article", "phrase", "outcome")
    return EvaluationResult(
        evaluation=evaluation,
        passed=fits(question, answer, articles),
        got_outcome=answer.outcome,
        got_articles=articles,
        got_text=answer.text.replace("\0", "")[:LONGEST],
        error=answer.error[:255],
        duration_ms=answer.duration_ms,
        **{name: getattr(question, name) for name in asked},
    )


def fits(question: EvaluationQuestion, answer: Answer, articles: list[str]) -> bool:
    """Whether an answer is as expected, in everything that is expected of it."""
    if answer.error and question.outcome != Run.Outcome.FAILED:
        return False
    return (
        (not question.outcome or question.outcome == answer.outcome)
        and (not question.article or question.article in articles)
        and (not question.phrase or _plain(question.phrase) in _plain(answer.text))
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def asker() -> Any:
    """Who asks where nobody is named: the first administrator, else somebody without an account,
    for whom no tool that needs a permission is there."""
    model = get_user_model()
    try:
        found = model._default_manager.filter(is_superuser=True).order_by("pk").first()
    except Exception:  # a user model without that field
        found = None
    return found or model()


def earlier(evaluation: Evaluation, version: str = "") -> Evaluation | None:
    """The evaluation to compare with: that of this label or number, else the last one that was
    carried out to its end. None where there is none."""
    done = Evaluation.objects.filter(
        evaluation_set=evaluation.evaluation_set_id,
        number__lt=evaluation.number,
        status=Status.DONE,
    ).order_by("-number")
    if not version:
        return done.first()
    by_label = done.filter(label=version).first()
    number = version.removeprefix("#")
    if by_label is None and number.isdecimal() and len(number) < 9:
        return done.filter(number=int(number)).first()
    return by_label
