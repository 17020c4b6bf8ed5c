"""For the site's own code: say something in a conversation."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from .. import fulltext
from ..deadlocks import again_after_deadlock
from ..models import Thread, ThreadItem, new_id


@again_after_deadlock
def send_message(thread: Thread, text: str) -> ThreadItem:
    """Add a message of the assistant (Markdown) to a conversation, and return its row.

    Its reader sees it when the conversation is opened next, or at once where the page calls
    the element's `fetchUpdates()`. Does not load the SDK; works in any process.
    """
    now = timezone.now()
    text = text.replace("\x00", "")
    item_id = new_id("msg")
    payload = {
        "id": item_id,
        "thread_id": thread.pk,
        "created_at": now.isoformat(),
        "type": "assistant_message",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }
    with transaction.atomic():
        line = None if thread.temporary else fulltext.line(text)
        Thread.objects.filter(pk=thread.pk).update(updated_at=now, last_line=line)
        row: ThreadItem = ThreadItem.objects.create(
            item_id=item_id,
            thread=thread,
            branch=Thread.objects.filter(pk=thread.pk).values("branch"),
            type="assistant_message",
            payload=payload,
            created_at=now,
        )
    return row
