"""Visitors who did not come back: erased with all that is theirs, some time after their last visit.

Also where visitors are let in no more: what they left is not kept for ever.
"""

from __future__ import annotations

import datetime

from django.db.models import QuerySet
from django.utils import timezone

from ..models import Attachment, Run, Thread, Visitor
from ..visitors import NO_HASHES, Policy, longest_days
from .rows import delete_attachments, delete_rows, delete_threads, register

AT_ONCE = 100


def due() -> QuerySet[Visitor]:
    """Those who were not seen for as long as CHATKIT["VISITORS"] says, but for whom an answer is
    being written; and those who have an account by now."""
    days = longest_days() or Policy.days
    since = timezone.now() - datetime.timedelta(days=days)
    live = Run.objects.filter(live__isnull=False, visitor__isnull=False).values("visitor")
    return Visitor.objects.filter(seen_at__lt=since).exclude(pk__in=live)


def erase(visitors: QuerySet[Visitor]) -> int:
    """Delete visitors, their files first. How many; FilesRemain where the storage fails."""
    erased = 0
    while keys := list(visitors.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        # With the condition again: one of them may have come back since. From here on nobody does,
        # as their cookie is good no more: a storage takes its time, and whoever comes back has all
        # that is theirs or, as somebody new, nothing of it.
        visitors.filter(pk__in=keys).update(**NO_HASHES)
        ours = list(Visitor.objects.filter(pk__in=keys, **NO_HASHES).values_list("pk", flat=True))
        delete_attachments(Attachment.objects.filter(visitor__in=ours))
        delete_threads(Thread.objects.filter(visitor__in=ours))
        erased += delete_rows(Visitor.objects.filter(pk__in=ours))
    return erased


register("visitors", due, erase)
