"""How many calls there were, by tool, status and day."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.utils import timezone
from django.utils.text import capfirst

from chatkit.managers import ToolCallQuerySet
from chatkit.models import ToolCall
from chatkit.toolbox import all_tools

from ..daily.collect import place
from ..period import Period, day_of

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
    """The calls of a period, and of as many days before it. Three queries, each answered by an
    index; the days before are counted as one."""
    now, before = Counted(), Counted()
    days = period.days
    rows = _calls(period).annotate(nth=place(days)).values("nth", "tool", "status")
    for row in rows.annotate(count=Count("pk")):
        now.add(days[row["nth"]], row["tool"], _ended(row["status"]), row["count"])
    earlier = period.before
    sums = _calls(earlier).values_list("tool", "status").annotate(count=Count("pk"))
    for tool, status, count in sums:
        before.add(earlier.last, tool, _ended(status), count)
    # Of the cards that nobody answered, a few may wait still.
    for tool, at in still_waiting().order_by().values_list("tool", "created_at"):
        side = now if period.start <= at < period.end else before
        if earlier.start <= at < period.end:
            day = day_of(at) if side is now else earlier.last
            side.add(day, tool, Status.EXPIRED, -1)
            side.add(day, tool, Status.WAITING, 1)
    return now, before


def _calls(period: Period) -> QuerySet[ToolCall]:
    calls = ToolCall.objects.filter(created_at__gte=period.start, created_at__lt=period.end)
    return calls.order_by()


def _ended(status: str) -> str:
    return str(Status.EXPIRED) if status == Status.WAITING else status


def still_waiting() -> QuerySet[ToolCall]:
    """The cards whose hour is not over, and whose conversation is there to press them in."""
    since = timezone.now() - ToolCallQuerySet.WAITS
    return ToolCall.objects.undeleted().filter(status=Status.WAITING, created_at__gt=since)


def label_of(name: str) -> str:
    """What a tool does, as its users read it."""
    tool = all_tools().get(name)
    return str(tool.label) if tool else capfirst(name.replace("_", " "))
