"""Taking a question from a conversation into a set."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from chatkit.knowledge.language import fold
from chatkit.models import Run

from .. import asked
from ..daily.collect import cited_articles
from ..unanswered.gather import language_of
from . import logged
from .models import EvaluationQuestion, EvaluationSet

LONGEST = 2000  # characters of a question


def key_of(question: str, language: str) -> str:
    """The same for questions that differ in nothing but capitals, accents and space."""
    words = " ".join(fold(question).split())
    return hashlib.blake2b(f"{language}\0{words}".encode(), digest_size=16).hexdigest()


@transaction.atomic
def collect(evaluation_set: EvaluationSet, run: Run, user: Any) -> EvaluationQuestion | None:
    """The question of a run, with the article that it cited and its outcome as what is expected
    of it from now on; None where it has no words.

    Of an answer that failed, was voted down, or was not found, nothing can be expected but that
    it is answered.
    """
    text = asked.questions([run])[run.pk][:LONGEST]
    if not text:
        return None
    language = language_of(run)[:16]
    values: dict[str, Any] = {"question": text, "language": language}
    wanting = hasattr(run, "chatkit_console_review") or hasattr(run, "chatkit_console_question")
    if run.outcome in GOOD and not wanting:
        articles = sorted(cited_articles(run.cited))
        values |= {"outcome": run.outcome, "article": articles[0] if articles else ""}
    else:
        values["outcome"] = Run.Outcome.ANSWERED
    question, made = EvaluationQuestion.objects.get_or_create(
        evaluation_set=evaluation_set, key=key_of(text, language), defaults=values
    )
    if made:
        logged.tell_question(user, question, {}, logged.of_question(question))
    return question


GOOD = (Run.Outcome.ANSWERED, Run.Outcome.CLARIFIED, Run.Outcome.REFUSED, Run.Outcome.HANDED_OVER)
