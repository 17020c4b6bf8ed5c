"""Votes on answers."""

from __future__ import annotations

from chatkit.store import NotFoundError
from chatkit.types import FeedbackKind

from ..models import Feedback, Session, ThreadItem
from ..signals import feedback_given
from .runs.writes import upsert


def save(session: Session, thread_id: str, item_ids: list[str], kind: FeedbackKind) -> None:
    """Keep one vote per item; the user's later vote replaces the earlier.

    NotFoundError unless all the items are in this thread of the session's user.
    """
    wanted = list(dict.fromkeys(item_ids))
    mine = ThreadItem.objects.for_session(session).filter(thread_id=thread_id)
    found = set(mine.filter(item_id__in=wanted).values_list("item_id", flat=True))
    if not wanted or found != set(wanted):
        raise NotFoundError(thread_id)
    rows = [
        Feedback(thread_id=thread_id, item_id=item_id, user_id=session.user_id, kind=kind)
        for item_id in wanted
    ]
    upsert(Feedback, rows, ["thread", "item_id", "user"], ["kind", "created_at"])
    for row in rows:
        feedback_given.send_robust(sender=Feedback, feedback=row, user=session.user)
