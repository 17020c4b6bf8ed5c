"""What comes into the queue, and what goes out of it by itself."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from chatkit import access
from chatkit.deadlocks import again_after_deadlock
from chatkit.models import Feedback, Run, ThreadItem

from ..daily.collect import answers_of
from .models import Review

BATCH = 500
LOOKED = "chatkit_console_looked_for_reviews"
Source, Status = Review.Source, Review.Status


def add(run: Run, source: str, *, reason: str = "", at: Any = None) -> Review:
    """Bring an answer into the queue, once: one that is there already keeps what was decided."""
    values: dict[str, Any] = {"source": source, "reason": reason}
    if at is not None:
        values["came_at"] = at
    review, made = Review.objects.get_or_create(run=run, defaults=values)
    if not made and reason and review.reason != reason:
        review.reason = reason
        Review.objects.filter(pk=review.pk).update(reason=reason)  # it may be gone by now
    return review


@again_after_deadlock
@transaction.atomic
def add_by_operator(run: Run, user: Any) -> Review:
    """Bring it in because an operator says so; what was closed before is open again."""
    review, made = Review.objects.get_or_create(run=run, defaults={"source": Source.ADDED})
    if not made:
        # Locked once it is there: MariaDB would lock the gap where it is not, for all at once.
        known = Review.objects.select_for_update().filter(run=run).first()
        if known is None:  # its reader has just taken it back
            return add_by_operator(run, user)
        review = known
    before = {} if made else told_of(review)
    review.status = Status.OPEN
    if review.assigned_to_id is None:
        review.assigned_to = user
    if not made and told_of(review) != before:  # a form that is open shows what it was
        review.marked_by, review.marked_at = user, timezone.now()
    review.save(update_fields=["status", "assigned_to", "marked_by", "marked_at"])
    tell(user, review, before)
    return review


def told_of(review: Review) -> dict[str, Any]:
    """What the log says of a review."""
    assigned = access.login_name(review.assigned_to) if review.assigned_to else ""
    return {"status": review.status, "assigned_to": assigned, "notes": review.notes}


def tell(user: Any, review: Review, before: dict[str, Any]) -> None:
    """Tell what an operator changed of a review, in the same transaction; notes are withheld."""
    from chatkit.admin import recorded  # late: models are loaded along with this

    after = told_of(review)
    recorded.tell(user, review, before, after, withheld=("notes",), name=review.pk)


def voted_down(run: Run, vote: Feedback) -> None:
    add(run, Source.DOWN, reason=vote.reason, at=vote.created_at)


def take_back(run: Run) -> None:
    """A reader thinks better of it: it leaves the queue, unless somebody has begun with it."""
    Review.objects.filter(
        run=run, source=Source.DOWN, status=Status.OPEN, assigned_to=None, notes=""
    ).delete()


def on_run(votes: QuerySet[Feedback], run: Run) -> QuerySet[Feedback]:
    """Those of these votes that are on this run's answer."""
    item = ThreadItem.objects.filter(thread_id=OuterRef("thread_id"), item_id=OuterRef("item_id"))
    later = run.thread.runs.filter(created_at__gt=run.created_at).order_by("created_at", "pk")
    end = later.values_list("created_at", flat=True).first()
    made = votes.annotate(made_at=Subquery(item.values("created_at")[:1]))
    made = made.filter(made_at__gte=run.created_at)
    return made if end is None else made.filter(made_at__lt=end)


def gather(most: int | None = None) -> int:
    """Bring in what was voted down or reported while nobody listened, as before the console was
    there. At most so many, the newest first; with `most`, only where the queue never had any, and
    once an hour: to find that there is nothing takes a look at every run."""
    if most is not None and (Review.objects.exists() or not cache.add(LOOKED, True, 3600)):
        return 0
    reviewed = Review.objects.values("pk")
    votes = answers_of(Feedback.objects.filter(kind=Feedback.Kind.NEGATIVE))
    found: Any = votes.exclude(answered_by=None).exclude(answered_by__in=reviewed)
    found = found.order_by("-created_at").values_list("answered_by", "reason", "created_at")
    told = Run.objects.filter(editors_told_at__isnull=False).exclude(pk__in=reviewed)
    made = [
        Review(run_id=run_id, source=Source.DOWN, reason=reason, came_at=at)
        for run_id, reason, at in found[:most]
    ]
    made += [
        Review(run_id=run_id, source=Source.REPORTED, came_at=at)
        for run_id, at in told.order_by("-created_at").values_list("pk", "editors_told_at")[:most]
        if at is not None
    ]
    Review.objects.bulk_create(made, ignore_conflicts=True, batch_size=BATCH)
    return len(made)
