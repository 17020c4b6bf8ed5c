"""Single calls, and the cards that wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from chatkit.models import ToolCall

from ..listing import whose
from ..period import Period
from .counts import status_now, still_waiting

MOST_WAITING = 50


@dataclass(frozen=True)
class Wanted:
    """The filters of an address. What is not known of them is as if it were not there."""

    tool: str = ""
    status: str = ""
    person: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Wanted:
        status = query.get("status", "")
        return cls(
            tool=query.get("tool", "")[:64],
            status=status if status in ToolCall.Status.values else "",
            person=query.get("person", "").strip()[:150],
        )


def calls(wanted: Wanted, period: Period) -> QuerySet[ToolCall]:
    """The calls that are asked for, newest first; none of deleted conversations, to which nothing
    may lead. What was said with them is not loaded."""
    found: Any = ToolCall.objects.undeleted()
    found = found.filter(created_at__gte=period.start, created_at__lt=period.end)
    if wanted.tool:
        found = found.filter(tool=wanted.tool)
    if wanted.status:
        found = found.annotate(end=status_now()).filter(end=wanted.status)
    if wanted.person:
        found = found.filter(whose(wanted.person))
    rows: QuerySet[ToolCall] = found.order_by("-created_at", "-pk")
    return rows.select_related("user").defer("arguments", "held", "outcome")


def waiting() -> tuple[list[ToolCall], int]:
    """The cards that wait for a confirmation now, the oldest first, and how many there are."""
    found = still_waiting()
    shown = found.order_by("created_at", "pk").select_related("user")
    rows = list(shown.defer("arguments", "held", "outcome")[: MOST_WAITING + 1])
    count = found.count() if len(rows) > MOST_WAITING else len(rows)
    return rows[:MOST_WAITING], count
