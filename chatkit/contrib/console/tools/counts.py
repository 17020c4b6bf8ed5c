"""How many calls there were, by tool, status and day."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, F, Value, When
from django.utils import timezone
from django.utils.text import capfirst

from chatkit.managers import ToolCallQuerySet
from chatkit.models import ToolCall
from chatkit.toolbox import all_tools

from ..daily.collect import place
from ..period import OWN, Period

Status = ToolCall.Status


@dataclass
class Counted:
    """The calls of one period."""

    by_tool: dict[str, Counter[str]] = field(default_factory=dict)
    by_day: dict[datetime.date, Counter[str]] = field(default_factory=dict)

    def add(self, day: datetime.date, tool: str, status: str, count: int) -> None:
        self.by_tool.setdefault(tool, Counter())[status] += count
        self.by_day.setdefault(day, Counter())[status] += count

    @property
    def total(self) -> Counter[str]:
        """By status."""
        return sum(self.by_tool.values(), Counter())


def status_now() -> Case:
    """The status now, as an expression: a card that has waited for its hour has expired."""
    overdue = When(
        status=Status.WAITING,
        created_at__lte=timezone.now() - ToolCallQuerySet.WAITS,
        then=Value(str(Status.EXPIRED)),
    )
    return Case(overdue, default=F("status"), output_field=CharField())


def counted(period: Period) -> tuple[Counted, Counted]:
    """The calls of a period, and of as many days before it. One query, answered by an index."""
    both = Period(OWN, period.before.first, period.last)
    days = both.days
    now, before = Counted(), Counted()
    calls = ToolCall.objects.filter(created_at__gte=both.start, created_at__lt=both.end)
    rows = calls.order_by().annotate(nth=place(days), end=status_now()).values("nth", "tool", "end")
    for row in rows.annotate(count=Count("pk")):
        day = days[row["nth"]]
        side = now if day >= period.first else before
        side.add(day, row["tool"], row["end"], row["count"])
    return now, before


def label_of(name: str) -> str:
    """What a tool does, as its users read it."""
    tool = all_tools().get(name)
    return str(tool.label) if tool else capfirst(name.replace("_", " "))
