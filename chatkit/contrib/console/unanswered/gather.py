"""Gathers what was not answered since the last time, and groups it."""

from __future__ import annotations

import datetime

from django.db.models import Q

from chatkit.models import Feedback, Run

from .. import asked
from ..daily.collect import voted
from ..models import Question, QuestionGroup
from .likeness import Known, key_of, terms

# A run's outcome is known at its end, which may be long after its start.
OVERLAP = datetime.timedelta(days=1)
MOST_GROUPS = 20_000  # the newest ones, that a question may be like without being the same
BATCH = 500


def gather(most: int | None = None) -> int:
    """Gather and group at most so many questions, newest first. Returns how many there were.

    A constant number of queries for each BATCH. Several processes may do it at once.
    """
    _bring_in(most)
    count = 0
    known: Known | None = None
    while most is None or count < most:
        pending = Question.objects.filter(pending=True).select_related("run")
        left = BATCH if most is None else min(BATCH, most - count)
        found = list(pending.order_by("-asked_at", "pk")[:left])
        if not found:
            break
        if known is None:
            groups = QuestionGroup.objects.order_by("-pk").values_list("key", "terms")
            known = Known(groups[:MOST_GROUPS])
        _group(found, known)
        count += len(found)
    if most is None:
        # Those whose conversations are deleted; what somebody decided stays.
        empty = QuestionGroup.objects.filter(status=QuestionGroup.Status.OPEN, questions=None)
        empty.delete()
    return count


def _bring_in(most: int | None) -> None:
    """A row for each run that is not there yet."""
    runs = Run.objects.filter(outcome=Run.Outcome.NOT_FOUND, chatkit_console_question__isnull=True)
    latest = Question.objects.filter(down=False).order_by("-asked_at")
    last = latest.values_list("asked_at", flat=True).first()
    if last is None:
        # The first time: those with a thumbs down from before, too.
        down = voted(Run.objects.all(), Feedback.Kind.NEGATIVE).values("pk")
        runs = Run.objects.filter(
            Q(outcome=Run.Outcome.NOT_FOUND) | Q(pk__in=down),
            chatkit_console_question__isnull=True,
        )
    elif most is not None:
        runs = runs.filter(created_at__gte=last - OVERLAP)
    rows = runs.order_by("-created_at", "-pk").values_list("pk", "user_id", "created_at", "outcome")
    made = [
        Question(run_id=pk, user_id=user, asked_at=at, down=outcome != Run.Outcome.NOT_FOUND)
        for pk, user, at, outcome in rows[:most]
    ]
    Question.objects.bulk_create(made, ignore_conflicts=True, batch_size=BATCH)


def _group(found: list[Question], known: Known) -> None:
    words = asked.questions([question.run for question in found])
    keys: dict[str, str] = {}
    new: dict[str, QuestionGroup] = {}
    for question in reversed(found):  # the oldest gives a group its terms
        language = language_of(question.run)
        wanted = terms(words[question.run_id] or _searched(question.run), language)
        if not wanted:
            continue
        key = known.like(wanted)
        if key is None:
            key = key_of(wanted)
            known.add(key, wanted)
            new[key] = QuestionGroup(key=key, terms=sorted(wanted), language=language[:16])
        keys[question.run_id] = key
    QuestionGroup.objects.bulk_create(new.values(), ignore_conflicts=True)
    rows = QuestionGroup.objects.filter(key__in=set(keys.values()))
    ids = dict(rows.values_list("key", "pk"))
    for question in found:
        question.group_id = ids.get(keys.get(question.run_id, ""))
        question.pending = False
    Question.objects.bulk_update(found, ["group", "pending"], batch_size=BATCH)


def language_of(run: Run) -> str:
    """The language in which a run's question was searched, English where that is not recorded."""
    return str(_first(run).get("language") or "en")


def _searched(run: Run) -> str:
    return str(_first(run).get("query") or "")


def _first(run: Run) -> dict[str, object]:
    first = run.searched[0] if isinstance(run.searched, list) and run.searched else None
    return first if isinstance(first, dict) else {}


def mark_down(run: Run) -> None:
    """A reader has said thumbs down to this run's answer."""
    values = {"user_id": run.user_id, "asked_at": run.created_at, "down": True}
    Question.objects.get_or_create(run=run, defaults=values)


def unmark_down(run: Run) -> None:
    """A reader thinks better of it now."""
    Question.objects.filter(run=run, down=True).delete()
