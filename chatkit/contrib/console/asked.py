"""Which question a run answered: the latest message of its conversation when it ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from chatkit.models import Run, ThreadItem

# Of rows about a run: none of a conversation that was deleted. They wait until it is gone, or back.
READABLE = Q(run__thread__deleted_at=None)
LONGEST = 2_000  # characters of a question that are looked at


def questions(runs: Iterable[Run]) -> dict[str, str]:
    """The words of the questions by the ids of their runs. Two queries; "" where there is none,
    as of a button that was pressed, and of a conversation that nobody reads any more. Only for
    those who may read them, or to be grouped."""
    ids = [run.pk for run in runs]
    item = (
        ThreadItem.objects.undeleted()
        .filter(
            thread_id=OuterRef("thread_id"),
            thread__temporary=False,
            type="user_message",
            # Of one that goes on, whatever was said so far: no clock is asked for that.
            created_at__lte=Coalesce(OuterRef("ended_at"), F("created_at")),
        )
        .order_by("-sequence")
    )
    found: Any = Run.objects.filter(pk__in=ids).order_by()
    asked = dict(
        found.annotate(item=Subquery(item.values("sequence")[:1])).values_list("pk", "item")
    )
    items = ThreadItem.objects.filter(pk__in={item for item in asked.values() if item})
    words = {item.pk: text_of(item.payload) for item in items}
    return {run_id: words.get(item or 0, "") for run_id, item in asked.items()}


def text_of(payload: object) -> str:
    """What a user's message says, whatever its shape: its beginning and its end where it is long,
    since a question that follows a long preamble is in the end."""
    whole = " ".join(" ".join(text[-LONGEST:].split()) for text in texts_of(payload))
    return whole[-LONGEST:]


def texts_of(payload: object) -> list[str]:
    """The texts of a message's parts, whatever its shape."""
    content = payload.get("content") if isinstance(payload, dict) else None
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return [text for text in texts if isinstance(text, str)]
