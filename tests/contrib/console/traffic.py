"""Conversations as the engine leaves them: a thread, its items, and a run for each question."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from chatkit.models import Feedback, Run, Thread, ThreadItem

SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)


def asked(
    user: Any,
    question: str = "How do I return goods?",
    answer: str = "Like this.",
    *,
    at: datetime.datetime | None = None,
    thread: Thread | None = None,
    outcome: str = "answered",
    down: bool = False,
    workflow_id: str = "wf_1",
    **values: Any,
) -> Run:
    """A question, which was answered two seconds after it."""
    began = at or timezone.now()
    thread = thread or Thread.objects.create(
        user=user,
        workflow_id=workflow_id,
        title=question[:200],
        created_at=began,
        updated_at=began,
    )
    ended = None if values.get("status") == "running" else began + 2 * SECOND
    status = outcome if outcome in ("failed", "stopped", "interrupted") else "completed"
    common = {"thread": thread, "created_at": began, "ended_at": ended, "user": user}
    found = [{"query": question[:500], "language": "en"}]
    given = {"status": status, "outcome": outcome, "searched": found, "duration_ms": 2000}
    run = Run.objects.create(**common, kind="threads.create", **given | values)
    item(thread, "user_message", question, began, run)
    if answer:
        said = item(thread, "assistant_message", answer, began + SECOND, run)
        if down:
            Feedback.objects.create(
                thread=thread, item_id=said.item_id, user=user, kind="negative", created_at=began
            )
    return run


def item(thread: Thread, kind: str, text: str, at: datetime.datetime, run: Run) -> ThreadItem:
    item_id = f"{kind[:4]}_{run.pk[-12:]}"
    part = "input_text" if kind == "user_message" else "output_text"
    return ThreadItem.objects.create(
        thread=thread,
        item_id=item_id,
        type=kind,
        created_at=at,
        payload={
            "id": item_id,
            "type": kind,
            "thread_id": thread.pk,
            "created_at": at.isoformat(),
            "content": [{"type": part, "text": text, "annotations": []}],
        },
    )
