"""Conversations that their person has deleted: hidden at once, and gone for good a little later,
until when that can be taken back.

A request of the list, any process that answers, and `chatkit_prune` delete those that are due: no
tab needs to stay open for it.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ..attachments.files import FilesRemain
from ..managers import owned_by
from ..models import Run, Session, Thread
from .rows import delete_threads, register

logger = logging.getLogger("chatkit.retention")

UNDO_SECONDS = 10  # that the list offers to take it back
GRACE_SECONDS = 5  # for the request on its way


def due() -> QuerySet[Thread]:
    """Those that nobody can bring back any more."""
    return Thread.objects.filter(deleted_at__lt=_since())


register("deleted conversations", due)


def delete(session: Session, ids: Iterable[str]) -> list[str]:
    """Hide these conversations of the session's user, and delete them soon. Which there were."""
    mine = Thread.objects.for_session(session).filter(pk__in=list(ids), temporary=False)
    found = list(mine.values_list("pk", flat=True))
    mine.filter(pk__in=found).update(deleted_at=timezone.now())
    return found


def restore(session: Session, ids: Iterable[str]) -> list[str]:
    """Take that back, where it is not too late. Which came back."""
    mine = Thread.objects.for_session(session, deleted=True).filter(pk__in=list(ids))
    gone = mine.filter(deleted_at__gte=_since())
    found = list(gone.values_list("pk", flat=True))
    gone.filter(pk__in=found).update(deleted_at=None)
    # Not those that have begun to be deleted for good meanwhile.
    return list(mine.filter(pk__in=found, deleted_at=None).values_list("pk", flat=True))


def delete_due(whose: Any = None) -> int:
    """Delete those that are due, of the owner of a row or of all, with their files. How many.

    An answer that is still being written ends with its conversation.
    """
    threads = due() if whose is None else due().filter(**owned_by(whose))
    keys = list(threads.values_list("pk", flat=True))
    if not keys:
        return 0
    Run.objects.filter(live__in=keys).update(stop_requested=True)
    try:
        return delete_threads(threads)
    except FilesRemain:
        logger.exception("Files of deleted conversations remain; the next time tries again.")
        return 0


def _since() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(seconds=UNDO_SECONDS + GRACE_SECONDS)
