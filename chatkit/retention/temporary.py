"""Temporary conversations: in no list, and deleted with the session in which they are used.

A session that is refreshed hands them on, and so does a page that is loaded anew. One that was
ended, by its person, an admin, a log-out or a new password, takes them along at once; one that ran
out leaves them for GRACE, as where a laptop was closed for a while.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ..managers import owned_by
from ..models import Run, Session, Thread
from .rows import delete_rows, register

GRACE = datetime.timedelta(minutes=30)


def ended() -> QuerySet[Thread]:
    """Temporary conversations whose session is over."""
    going_on = Session.objects.filter(
        status=Session.Status.ACTIVE, expires_at__gt=timezone.now() - GRACE
    )
    # "in", since SQLite has no index for a column that is a condition by itself; without an order,
    # for which it would rather take another one.
    return Thread.objects.filter(temporary__in=[True]).order_by().exclude(session__in=going_on)


register("temporary conversations", ended)


def delete_ended(whose: Any = None) -> int:
    """Delete those, of the owner of a row or of all, also while an answer is written. How many.

    Their files go soon after: who ends a session does not wait for a storage.
    """
    threads = ended() if whose is None else ended().filter(**owned_by(whose))
    keys = list(threads.values_list("pk", flat=True))
    if not keys:
        return 0
    Run.objects.filter(live__in=keys).update(stop_requested=True)
    return delete_rows(Thread.objects.filter(pk__in=keys))


def hand_on(old: Session, new: Session) -> None:
    """A session takes the place of another."""
    Thread.objects.filter(temporary=True, session=old).update(session=new)


def take(thread: Thread, session: Session) -> None:
    """A conversation is used in this session from now on."""
    if thread.temporary and thread.session_id != session.pk:
        Thread.objects.filter(pk=thread.pk).update(session=session)
