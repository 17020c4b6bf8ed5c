"""What changes days that are kept: runs that are deleted, and votes on answers of before."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete, pre_delete

from chatkit.models import Feedback, Run, Thread, ThreadItem
from chatkit.signals import editors_told, feedback_given

from . import quality
from .daily import collect, mark_stale
from .daily.buckets import NONE, of
from .daily.facts import ERROR, FAILED, Article, Facts, Kind, Person, put, with_outcome
from .daily.rollup import keep_counts
from .period import day_of, today
from .quality.models import Review
from .unanswered.gather import mark_down, unmark_down

BUFFER = "_chatkit_console_deleted"


def connect() -> None:
    pre_delete.connect(_leaves, sender=get_user_model(), dispatch_uid="chatkit_console.leaves")
    pre_delete.connect(_remember, sender=Run, dispatch_uid="chatkit_console.remember")
    post_delete.connect(_keep, sender=Run, dispatch_uid="chatkit_console.keep")
    feedback_given.connect(_voted, dispatch_uid="chatkit_console.voted")
    editors_told.connect(_told, dispatch_uid="chatkit_console.told")


class Deleted:
    """The runs of one deletion. Django names all of them before it deletes the first."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.voted_down: dict[str, set[str]] = {}  # by thread, as votes go before runs do
        self.workflows: dict[str, str] = {}
        self.users: set[Any] = set()  # who are deleted along with them

    def add(self, run: Run) -> None:
        if run.thread_id not in self.voted_down:
            thread = Thread.objects.filter(pk=run.thread_id)
            self.workflows.update(thread.values_list("pk", "workflow_id"))
            runs = Run.objects.filter(thread_id=run.thread_id).order_by()
            votes = collect.voted(runs, Feedback.Kind.NEGATIVE, thread_id=run.thread_id)
            self.voted_down[run.thread_id] = set(votes.values_list("pk", flat=True))
        self.runs.append(run)

    def facts(self) -> Facts:
        facts = Facts()
        for run in self.runs:
            day, workflow = day_of(run.created_at), self.workflows.get(run.thread_id, "")
            down = run.pk in self.voted_down[run.thread_id]
            # The rows that are kept of those are nobody's by now.
            user_id = None if run.user_id in self.users else run.user_id
            cause = run.error[:ERROR] if run.outcome in FAILED else ""
            values = {
                "answers": 1,
                "sum_in": run.tokens_in,
                "sum_cached": run.tokens_cached,
                "sum_out": run.tokens_out,
            }
            for sums, key in (
                (facts.figures, Kind(day, workflow, run.model, run.outcome, cause)),
                (facts.people, Person(day, user_id, workflow, run.model)),
                *(
                    (facts.articles, Article(day, article))
                    for article in collect.cited_articles(run.cited)
                ),
            ):
                sum_ = with_outcome(run.outcome, values)
                sum_.down = int(down)
                if (bucket := of(run.first_token_ms)) != NONE:
                    sum_.first[bucket] = 1
                put(sums, key, sum_)  # type: ignore[arg-type]
        return facts


def _of(origin: Any) -> Deleted:
    if not hasattr(origin, BUFFER):
        setattr(origin, BUFFER, Deleted())
    found: Deleted = getattr(origin, BUFFER)
    return found


def _leaves(instance: Any, origin: Any = None, **kwargs: Any) -> None:
    if origin is not None:
        _of(origin).users.add(instance.pk)


def _remember(instance: Run, origin: Any = None, **kwargs: Any) -> None:
    # One that goes on was refused, and never was an answer.
    if instance.status == Run.Status.RUNNING or origin is None:
        return
    _of(origin).add(instance)


def _keep(instance: Run, origin: Any = None, **kwargs: Any) -> None:
    deleted = getattr(origin, BUFFER, None)
    if deleted is not None and deleted.runs:
        delattr(origin, BUFFER)
        keep_counts(deleted.facts())


def _voted(feedback: Feedback, **kwargs: Any) -> None:
    items = ThreadItem.objects.filter(thread_id=feedback.thread_id, item_id=feedback.item_id)
    made_at = items.values_list("created_at", flat=True).first()
    if made_at is None:
        return
    runs = Run.objects.filter(thread_id=feedback.thread_id, created_at__lte=made_at)
    run = runs.order_by("-created_at", "-pk").first()
    if run is None:
        return
    if day_of(run.created_at) < today():
        mark_stale(day_of(run.created_at))
    if feedback.kind == Feedback.Kind.NEGATIVE:
        mark_down(run)
        quality.voted_down(run, feedback)
    else:
        unmark_down(run)
        quality.take_back(run)


def _told(run: Run, **kwargs: Any) -> None:
    quality.add(run, Review.Source.REPORTED, at=run.editors_told_at)
