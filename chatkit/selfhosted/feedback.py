"""Votes on answers, and why a bad one is bad."""

from __future__ import annotations

from typing import Any

from chatkit.store import NotFoundError
from chatkit.types import FeedbackKind, ItemsFeedbackReq

from ..models import Feedback, Session, Thread, ThreadItem
from ..signals import feedback_given
from .runs.unit_of_work import Why
from .runs.writes import upsert

# Of a request's `metadata`: the protocol has no field for it, and a server that does not know it
# takes the vote alone.
WHY = "chatkit.feedback"
LONGEST = 1000  # characters of a comment


def why_of(request: ItemsFeedbackReq) -> Why:
    """What a vote's request says beside the vote; ValueError where that is unfit."""
    given: Any = request.metadata.get(WHY)
    if given is None:
        return Why()
    if not isinstance(given, dict) or request.params.kind != "negative":
        raise ValueError("Only a negative vote has a reason.")
    reason, comment = given.get("reason"), given.get("comment", "")
    if reason not in Feedback.Reason.values:
        raise ValueError("There is no such reason.")
    if not isinstance(comment, str) or len(comment) > LONGEST:
        raise ValueError("The comment is too long.")
    return Why(str(reason), comment.strip())


def save(
    session: Session, thread_id: str, item_ids: list[str], kind: FeedbackKind, why: Why
) -> None:
    """Keep one vote per item; the user's later vote replaces the earlier. A negative vote that
    is given again without a reason keeps the one that it has.

    NotFoundError unless all the items are in this thread of the session's user.
    """
    wanted = list(dict.fromkeys(item_ids))
    mine = ThreadItem.objects.for_session(session).filter(thread_id=thread_id)
    found = set(mine.filter(item_id__in=wanted).values_list("item_id", flat=True))
    if not wanted or found != set(wanted):
        raise NotFoundError(thread_id)
    secret = why.comment and Thread.objects.filter(pk=thread_id, temporary=True).exists()
    rows = [
        Feedback(
            thread_id=thread_id,
            item_id=item_id,
            **session.owned_by,
            kind=kind,
            reason=why.reason,
            comment="" if secret else why.comment,
        )
        for item_id in wanted
    ]
    fields = ["kind", "created_at"]
    if why.reason or kind != "negative":
        fields += ["reason", "comment"]
    whose = "user" if session.user_id is not None else "visitor"
    upsert(Feedback, rows, ["thread", "item_id", whose], fields)
    for row in rows:
        feedback_given.send_robust(sender=Feedback, feedback=row, user=session.person)
