"""Gathers what was not answered since the last time, and groups it."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from chatkit.models import Feedback, Run

from .. import asked
from ..daily.collect import voted
from ..models import Question, QuestionGroup
from . import nearness
from .likeness import Known, key_of
from .nearness import Asked, Near

# A run's outcome is known at its end, which may be long after its start.
OVERLAP = datetime.timedelta(days=1)
MOST_GROUPS = 20_000  # the newest ones, that a question may be like without being the same
BATCH = 500


def gather(most: int | None = None) -> int:
    """Gather and group at most so many questions, newest first. Returns how many there were.

    A constant number of queries for each BATCH. Several processes may do it at once.
    """
    _bring_in(most)
    if most is None:
        _forget()
        _read_groups()
    count = 0
    known: tuple[Known, Near | None] | None = None
    while most is None or count < most:
        pending = Question.objects.filter(asked.READABLE, pending=True).select_related("run")
        left = BATCH if most is None else min(BATCH, most - count)
        found = list(pending.order_by("-asked_at", "pk")[:left])
        if not found:
            break
        known = known or (_known(), _near())
        _group(found, *known)
        count += len(found)
    if most is None:
        # Those whose conversations are deleted; what somebody decided stays.
        empty = QuestionGroup.objects.filter(status=QuestionGroup.Status.OPEN, questions=None)
        empty.delete()
    return count


def _known() -> Known:
    groups = QuestionGroup.objects.order_by("-pk").values_list("key", "terms")
    return Known(groups[:MOST_GROUPS])


def _near() -> Near | None:
    """The groups that can be told by their meaning, where the extra `semantic` is."""
    version = nearness.version()
    if not version:
        return None
    groups = QuestionGroup.objects.filter(vector_of=version, vector__isnull=False).order_by("-pk")
    rows = groups.values_list("key", "language", "terms", "names", "vector")[: nearness.MOST]
    return Near(
        (key, Asked(language, frozenset(terms), frozenset(names)), bytes(vector or b""))
        for key, language, terms, names, vector in rows
    )


def _forget() -> None:
    """A vector goes with the questions that it was made of. The hashes of words stay with what
    somebody decided."""
    left = QuestionGroup.objects.filter(questions=None).exclude(vector_of="")
    left.update(names=[], vector=None, vector_of="")


def _read_groups() -> None:
    """Give the newest groups their vectors that have none, or those of another model: they were
    made while `semantic` was not there."""
    version = nearness.version()
    if not version:
        return
    questions = Question.objects.filter(asked.READABLE, group=OuterRef("pk"), pending=False)
    first = questions.order_by("asked_at", "pk")
    newest = QuestionGroup.objects.order_by("-pk")[: nearness.MOST].values("pk")
    groups = QuestionGroup.objects.filter(pk__in=list(newest.values_list("pk", flat=True)))
    groups = groups.exclude(vector_of=version).annotate(first=Subquery(first.values("pk")[:1]))
    unread = list(groups.filter(first__isnull=False))
    for start in range(0, len(unread), BATCH):
        batch = unread[start : start + BATCH]
        runs = Run.objects.in_bulk([group.first for group in batch])
        words = asked.questions(list(runs.values()))
        texts = [
            words.get(group.first) or (_searched(runs[group.first]) if group.first in runs else "")
            for group in batch
        ]
        rows = nearness.vectors_of(texts)
        if rows is None:
            return
        for group, text, row in zip(batch, texts, rows, strict=True):
            # One whose words can't be read is not tried again.
            group.vector = nearness.packed(row) if text else None
            group.names = sorted(nearness.names_of(text, group.language))
            group.vector_of = version
        QuestionGroup.objects.bulk_update(batch, ["names", "vector", "vector_of"])


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


def _group(found: list[Question], known: Known, near: Near | None) -> None:
    words = asked.questions([question.run for question in found])
    keys: dict[str, str] = {}
    others: list[tuple[str, str, Asked]] = []  # with words that no group has
    new: dict[str, QuestionGroup] = {}
    for question in reversed(found):  # the oldest gives a group its terms
        text = words[question.run_id] or _searched(question.run)
        wanted = nearness.read(text, language_of(question.run))
        if not wanted.terms:
            continue  # nothing was written, as where a button was pressed
        key = known.like(wanted.terms)
        if key is None and near is not None:
            others.append((question.run_id, text, wanted))
            continue
        if key is None:
            key = _new(wanted, known, new)
        keys[question.run_id] = key
    if near is not None and others:
        _group_by_meaning(others, known, near, keys, new)
    QuestionGroup.objects.bulk_create(new.values(), ignore_conflicts=True)
    rows = QuestionGroup.objects.filter(key__in=set(keys.values()))
    ids = dict(rows.values_list("key", "pk"))
    for question in found:
        question.group_id = ids.get(keys.get(question.run_id, ""))
        question.pending = False
    Question.objects.bulk_update(found, ["group", "pending"], batch_size=BATCH)


def _group_by_meaning(
    others: list[tuple[str, str, Asked]],
    known: Known,
    near: Near,
    keys: dict[str, str],
    new: dict[str, QuestionGroup],
) -> None:
    """Questions of a batch whose words no group had before it."""
    vectors = nearness.vectors_of([text for _, text, _ in others])
    scores: Any = None if vectors is None else near.scores(vectors)
    batch = Near()
    for place, (run_id, _text, wanted) in enumerate(others):
        key = known.like(wanted.terms)  # one that this batch has made
        if key is None and vectors is not None:
            vector = vectors[place]
            key = near.like(wanted, scores[place])
            key = key or batch.like(wanted, batch.scores(vector))
            if key is None:
                key = _new(wanted, known, new)
                new[key].names = sorted(wanted.names)
                new[key].vector = nearness.packed(vector)
                new[key].vector_of = nearness.version()
                batch.add(key, wanted, vector)
        keys[run_id] = key or _new(wanted, known, new)
    near.join(batch)


def _new(wanted: Asked, known: Known, new: dict[str, QuestionGroup]) -> str:
    key = key_of(wanted.terms)
    known.add(key, wanted.terms)
    language = wanted.language[:16]
    new[key] = QuestionGroup(key=key, terms=sorted(wanted.terms), language=language)
    return key


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
