"""What changes days that are kept: runs that are deleted, change later or become another's, and
votes on answers of before."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery
from django.db.models.signals import post_delete, pre_delete

from chatkit.models import Feedback, Run, Thread, ThreadItem, Visitor
from chatkit.signals import editors_told, feedback_given, run_changed, visitor_merged

from . import quality
from .daily import collect, mark_stale
from .daily.buckets import NONE, of
from .daily.facts import ERROR, FAILED, Article, Facts, Kind, Person, put, with_outcome
from .daily.rollup import keep_counts
from .models import Question
from .period import DAY, day_of, today
from .quality.models import Review
from .unanswered.gather import mark_down, unmark_down

BUFFER = "_chatkit_console_deleted"
BATCH = 500  # threads
RUN = ("pk", "thread_id", "created_at")


def connect() -> None:
    pre_delete.connect(_leaves, sender=get_user_model(), dispatch_uid="chatkit_console.leaves")
    pre_delete.connect(_named, sender=Thread, dispatch_uid="chatkit_console.named")
    pre_delete.connect(_remember, sender=Run, dispatch_uid="chatkit_console.remember")
    post_delete.connect(_keep, sender=Run, dispatch_uid="chatkit_console.keep")
    visitor_merged.connect(_merged, dispatch_uid="chatkit_console.merged")
    run_changed.connect(_changed, dispatch_uid="chatkit_console.changed")
    feedback_given.connect(_voted, dispatch_uid="chatkit_console.voted")
    editors_told.connect(_told, dispatch_uid="chatkit_console.told")


def _merged(visitor: Visitor, user: Any, **_given: Any) -> None:
    """What a visitor has asked in vain is the user's who they are; so are their answers, which the
    kept days have as nobody's."""
    Question.objects.filter(run__user=user, user=None).update(user=user)
    # Nothing tells any more which of the user's runs were the visitor's. None is older than they,
    # by clocks that may differ.
    runs = Run.objects.filter(user=user, created_at__gte=visitor.created_at - DAY).order_by()
    moments = runs.values_list("created_at", flat=True)
    for day in sorted({day_of(moment) for moment in moments.iterator()}):
        mark_stale(day)


class Deleted:
    """The runs of one deletion. Django names all that goes before it deletes the first of it, runs
    before their threads, or after them where a host's models depend on each other in a circle.

    What is asked of their threads is asked once for all, when the last of both to be named is
    there: votes go before runs do.
    """

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.threads: set[str] = set()
        self.looked_at: set[str] = set()  # threads
        self.waits = False  # a run whose thread was not looked at
        self.voted_down: set[str] = set()  # runs
        self.workflows: dict[str, str] = {}  # by thread
        self.users: set[Any] = set()  # who are deleted along with them

    def add_run(self, run: Run) -> None:
        self.runs[run.pk] = run
        if run.thread_id not in self.looked_at:
            self.waits = True
            if run.thread_id in self.threads:
                self.look()

    def add_thread(self, thread: Thread) -> None:
        self.threads.add(thread.pk)
        if self.waits:
            self.look()

    def look(self) -> None:
        """Look up the workflows and the votes of all threads that are named by now. At most three
        queries for each BATCH."""
        self.waits = False
        named = {run.thread_id for run in self.runs.values()} | self.threads
        ids = sorted(named - self.looked_at)
        self.looked_at |= named
        for start in range(0, len(ids), BATCH):
            self._look(ids[start : start + BATCH])

    def _look(self, ids: list[str]) -> None:
        threads = Thread.objects.filter(pk__in=ids)
        self.workflows.update(threads.values_list("pk", "workflow_id"))
        item = ThreadItem.objects.filter(
            thread_id=OuterRef("thread_id"), item_id=OuterRef("item_id")
        )
        votes = Feedback.objects.filter(thread_id__in=ids, kind=Feedback.Kind.NEGATIVE)
        made = votes.annotate(made_at=Subquery(item.values("created_at")[:1]))
        down = list(made.exclude(made_at=None).values_list("thread_id", "made_at"))
        if not down:
            return
        # As `collect.answers_of`, and of runs whose rows are gone by now, too.
        runs = Run.objects.filter(thread_id__in={thread_id for thread_id, _made_at in down})
        known = {pk: (thread_id, at) for pk, thread_id, at in runs.values_list(*RUN).order_by()}
        known |= {run.pk: (run.thread_id, run.created_at) for run in self.runs.values()}
        by_thread: dict[str, list[tuple[Any, str]]] = {}
        for pk, (thread_id, at) in known.items():
            by_thread.setdefault(thread_id, []).append((at, pk))
        for thread_id, made_at in down:
            before = [one for one in by_thread.get(thread_id, ()) if one[0] <= made_at]
            if before:
                self.voted_down.add(max(before)[1])

    def facts(self) -> Facts:
        facts = Facts()
        for run in self.runs.values():
            day, workflow = day_of(run.created_at), self.workflows.get(run.thread_id, "")
            down = run.pk in self.voted_down
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
    _of(origin).add_run(instance)


def _named(instance: Thread, origin: Any = None, **kwargs: Any) -> None:
    if origin is not None:
        _of(origin).add_thread(instance)


def _keep(instance: Run, origin: Any = None, **kwargs: Any) -> None:
    deleted = getattr(origin, BUFFER, None)
    if deleted is not None and deleted.runs:
        delattr(origin, BUFFER)
        if deleted.waits:  # runs alone: their threads stay, and the votes on them
            deleted.look()
        keep_counts(deleted.facts())


def _changed(run: Run, **kwargs: Any) -> None:
    if day_of(run.created_at) < today():
        mark_stale(day_of(run.created_at))


def _voted(feedback: Feedback, **kwargs: Any) -> None:
    items = ThreadItem.objects.filter(thread_id=feedback.thread_id, item_id=feedback.item_id)
    made_at = items.values_list("created_at", flat=True).first()
    if made_at is None:
        return
    runs = Run.objects.filter(thread_id=feedback.thread_id, created_at__lte=made_at)
    run = runs.order_by("-created_at", "-pk").first()
    if run is None:
        return
    _changed(run)
    if feedback.kind == Feedback.Kind.NEGATIVE:
        mark_down(run)
        quality.voted_down(run, feedback)
    else:
        unmark_down(run)
        quality.take_back(run)


def _told(run: Run, **kwargs: Any) -> None:
    quality.add(run, Review.Source.REPORTED, at=run.editors_told_at)
