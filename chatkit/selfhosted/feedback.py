"""What users think of the answers."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from chatkit.store import NotFoundError

from ..models import Feedback, Session, ThreadItem
from ..signals import feedback_given


def save(session: Session, thread_id: str, item_ids: list[str], kind: Any) -> None:
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
    features = connections[DEFAULT_DB_ALIAS].features
    target = {"unique_fields": ["thread", "item_id", "user"]}
    Feedback.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=["kind", "created_at"],
        **(target if features.supports_update_conflicts_with_target else {}),
    )
    for row in rows:
        feedback_given.send_robust(sender=Feedback, feedback=row, user=session.user)
