"""A set with two evaluations, for `chatkit_seed`: one question was mended between them."""

from __future__ import annotations

from collections.abc import Iterable

from chatkit.models import Run

from .collecting import key_of
from .models import Evaluation, EvaluationQuestion, EvaluationResult, EvaluationSet

NAME = "seed"


def make(topics: Iterable[tuple[str, tuple[str, ...]]], workflow_id: str) -> None:
    """From topics with the article that answers them, once."""
    made, is_new = EvaluationSet.objects.get_or_create(name=NAME, defaults={"bar": 0.8})
    if not is_new:
        return
    questions = [
        EvaluationQuestion(
            evaluation_set=made,
            key=key_of(wordings[0], "en"),
            question=wordings[0],
            language="en",
            article=article,
            outcome=Run.Outcome.ANSWERED if article else Run.Outcome.NOT_FOUND,
        )
        for article, wordings in topics
    ]
    EvaluationQuestion.objects.bulk_create(questions)
    for number, missed in ((1, {0, 4}), (2, {4})):
        _evaluation(made, questions, number, missed, workflow_id)


def _evaluation(
    made: EvaluationSet,
    questions: list[EvaluationQuestion],
    number: int,
    missed: set[int],
    workflow_id: str,
) -> None:
    run = Evaluation.objects.create(
        evaluation_set=made,
        number=number,
        status=Evaluation.Status.DONE,
        workflow_id=workflow_id,
        total=len(questions),
        asked=len(questions),
        passed=len(questions) - len(missed),
        ended_at=made.created_at,
    )
    EvaluationResult.objects.bulk_create(
        EvaluationResult(
            evaluation=run,
            key=one.key,
            question=one.question,
            language=one.language,
            article=one.article,
            outcome=one.outcome,
            passed=nth not in missed,
            got_outcome=Run.Outcome.CLARIFIED if nth in missed else one.outcome,
            got_articles=[one.article] if one.article and nth not in missed else [],
            duration_ms=20,
        )
        for nth, one in enumerate(questions)
    )
