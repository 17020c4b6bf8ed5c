"""Rows of the first person for the curves; run in the environment of their site.

python -m tests.bench.curve_rows items 1000           # prints the conversation that has them
python -m tests.bench.curve_rows conversations 1000   # until there are so many
"""

from __future__ import annotations

import datetime
import json
import sys
from typing import Any

import django

from ..tools import many_rows
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
    """That many of this person, with a question and its answer each."""
    from django.db import connection
    from django.utils import timezone

    from chatkit.models import Thread

    thread_id, moment, _item_id, as_json = many_rows.MADE[connection.vendor]
    begin = connection.ops.adapt_datetimefield_value(timezone.now() - datetime.timedelta(days=60))
    numbers = range(Thread.objects.filter(user=user).count(), count)
    if not numbers:
        return ""
    many_rows.insert(
        numbers,
        Thread(
            user=user,
            workflow_id=SELF_HOSTED,
            title="An order",
            last_line="It will be here on Monday.",
        ),
        {"id": (thread_id, []), "updated_at": (moment, [begin])},
    )
    for pattern in (_item(Thread(pk="THREAD"), number) for number in range(2)):
        pattern.payload["id"] = "ITEM"
        item_id = f"replace({thread_id}, 'thr_', 'msg_{pattern.type[:1]}')"
        written = f"replace(replace(%s, 'THREAD', {thread_id}), 'ITEM', {item_id})"
        many_rows.insert(
            numbers,
            pattern,
            {
                "item_id": (item_id, []),
                "thread_id": (thread_id, []),
                "payload": (as_json.format(written), [json.dumps(pattern.payload)]),
            },
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ""


if __name__ == "__main__":
    django.setup()
    from django.contrib.auth import get_user_model

    person = get_user_model()._default_manager.get(username="bench0")
    make = {"items": items, "conversations": conversations}[sys.argv[1]]
    print(make(person, int(sys.argv[2])))
