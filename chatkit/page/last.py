"""The conversation that a person left last, to go on with from the start screen."""

from __future__ import annotations

from typing import Any

from ..fields import JsonObject
from ..managers import is_visitor
from ..models import Thread


def last_thread(user: Any, workflow_id: str) -> JsonObject | None:
    """`{"id", "title"}`, or None where there is none. What is archived is put away."""
    if is_visitor(user) and not user.is_known:
        return None
    threads = Thread.objects.for_owner(user).filter(
        workflow_id=workflow_id, temporary=False, deleted_at=None
    )
    # One query for each place: the newest of a place is the first of an index.
    newest = [
        thread
        for place in (Thread.Place.PINNED, Thread.Place.LIST)
        for thread in threads.filter(place=place).order_by("-updated_at", "-id")[:1]
    ]
    if not newest:
        return None
    thread = max(newest, key=lambda thread: thread.updated_at)
    return {"id": thread.id, "title": thread.title}
