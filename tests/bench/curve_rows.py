"""Rows of the first person for the curves; run in the environment of their site.

python -m tests.bench.curve_rows items 1000           # prints the conversation that has them
python -m tests.bench.curve_rows conversations 1000   # until there are so many
"""

from __future__ import annotations

import datetime
import sys
from typing import Any

import django

from .names import SELF_HOSTED

BATCH = 5000


def items(user: Any, count: int) -> str:
    """A conversation of so many items: question, answer, question, …"""
    from chatkit.models import Thread, ThreadItem

    thread = Thread.objects.create(user=user, workflow_id=SELF_HOSTED, title=f"{count} items")
    rows = [_item(thread, number) for number in range(count)]
    ThreadItem.objects.bulk_create(rows, batch_size=BATCH)
    return str(thread.pk)


def _item(thread: Any, number: int) -> Any:
    from chatkit.models import ThreadItem

    asked = number % 2 == 0
    text = f"What about number {number} of our orders, and when will it be here?"
    payload: dict[str, Any] = {
        "id": f"msg_{thread.pk[4:]}_{number}",
        "thread_id": thread.pk,
        "created_at": thread.created_at.isoformat(),
        "type": "user_message" if asked else "assistant_message",
        "content": [{"type": "input_text" if asked else "output_text", "text": text}],
    }
    if asked:
        payload |= {"attachments": [], "inference_options": {}}
    else:
        payload["content"][0]["annotations"] = []
    return ThreadItem(item_id=payload["id"], thread=thread, type=payload["type"], payload=payload)


def conversations(user: Any, count: int) -> str:
    """That many of this person, with two items each."""
    from django.db import connection
    from django.utils import timezone

    from chatkit.models import Thread, ThreadItem

    missing = count - Thread.objects.filter(user=user).count()
    now = timezone.now() - datetime.timedelta(days=30)
    while missing > 0:
        threads = [
            Thread(
                user=user,
                workflow_id=SELF_HOSTED,
                title=f"Order {missing - number}",
                last_line="It will be here on Monday.",
                created_at=now,
                updated_at=now + datetime.timedelta(seconds=missing - number),
            )
            for number in range(min(BATCH, missing))
        ]
        Thread.objects.bulk_create(threads)
        rows = [_item(thread, number) for thread in threads for number in range(2)]
        ThreadItem.objects.bulk_create(rows, batch_size=BATCH)
        missing -= len(threads)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ""


if __name__ == "__main__":
    django.setup()
    from django.contrib.auth import get_user_model

    person = get_user_model()._default_manager.get(username="bench0")
    make = {"items": items, "conversations": conversations}[sys.argv[1]]
    print(make(person, int(sys.argv[2])))
