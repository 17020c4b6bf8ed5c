"""Tools: how often each was called and how that ended, and the cards that wait for a word."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatkit import access
from chatkit.models import ToolCall
from chatkit.toolbox import all_tools

from .. import listing, tools
from ..charts import Chart
from ..figures import Figure
from ..listing import each
from ..period import Period
from ..registry import page
from ..strip import CALLS
from ..tables import Cell, Column, Table
from ..tools import Counted, Wanted, label_of
from ..visit import Visit
from ..words import number, percent

page_ = page("tools", _("Tools"), icon="wrench", order=60)
Status = ToolCall.Status
# With the names of columns and the colours of series; what is left is one more.
SHOWN: tuple[tuple[str, Any, str], ...] = (
    (Status.DONE, _("Done"), "success"),
    (Status.FAILED, _("Failed"), "error"),
    (Status.REFUSED, _("Refused"), "warning"),
    (Status.UNFIT, _("Unfit arguments"), "primary"),
)


@page_
def show(visit: Visit) -> HttpResponseBase:
    now, before = tools.counted(visit.period)
    cards, count = tools.waiting()
    return visit.render(
        "chatkit_console/tools.html",
        {
            "figures": figures(visit, now, before, count),
            "days": Chart(_("Calls by day"), days_table(visit.period, now)),
            "tools": tools_table(visit, now, before),
            "waiting": waiting_table(visit, cards),
        },
    )


def calls_url(visit: Visit, **filters: str) -> str:
    return visit.url("calls", **filters)


def figures(visit: Visit, now: Counted, before: Counted, waiting: int) -> list[Figure]:
    """The sums of the period, each with its days and against the period before."""
    new, old = now.total, before.total
    of_day = [now.by_day.get(day, Counter[str]()) for day in visit.period.days]
    whole = new.total()
    found = [
        Figure(
            gettext("Calls"), number(whole), "wrench", calls_url(visit),
            now=whole, before=old.total(), days=[counts.total() for counts in of_day],
        )
    ]  # fmt: skip
    for status, label, tone in SHOWN[1:]:
        count = new[status]
        share = gettext("%(share)s of all calls") % {"share": percent(count, whole)}
        found.append(
            Figure(
                str(label), number(count), ICONS[status], calls_url(visit, status=status),
                share if count else "", now=count, before=old[status],
                days=[counts[status] for counts in of_day], rising=-1,
                tone=tone if count else "success",
            )
        )  # fmt: skip
    note = gettext("Now, whatever the period")
    card = Figure(gettext("Cards waiting"), number(waiting), "hourglass", "#ckc-waiting", note)
    return [*found, card]


ICONS: dict[str, str] = {
    Status.FAILED: "triangle-alert",
    Status.REFUSED: "ban",
    Status.UNFIT: "circle-help",
}


def days_table(period: Period, now: Counted) -> Table:
    columns = [
        Column("day", _("Day")),
        *(Column(status, label, number=True, tone=tone) for status, label, tone in SHOWN),
        Column("other", _("Other"), number=True),
    ]
    rows = [
        [Cell(day, date_format(day, "MONTH_DAY_FORMAT")), *split(now.by_day.get(day, Counter()))]
        for day in period.days
    ]
    return Table("days", _("Calls by day"), columns, rows)


def split(counts: Counter[str]) -> list[int]:
    """The counts of what is shown, and of the rest."""
    known = [counts[status] for status, _label, _tone in SHOWN]
    return [*known, counts.total() - sum(known)]


def tools_table(visit: Visit, now: Counted, before: Counted) -> Table:
    """Each tool, those that are called most first; every count leads to its calls."""
    columns = [
        Column("tool", _("Tool"), words=True),
        Column("calls", _("Calls"), number=True),
        Column("before", _("Period before"), number=True),
        *(Column(status, label, number=True) for status, label, _tone in SHOWN),
        Column(Status.CANCELLED, _("Cancelled"), number=True),
        Column(Status.EXPIRED, _("Expired"), number=True),
        Column("open", _("Open"), number=True),
    ]
    rows = []
    names = sorted(now.by_tool, key=lambda name: (-now.by_tool[name].total(), name))
    for name in names:
        counts, earlier = now.by_tool[name], before.by_tool.get(name, Counter[str]())
        link = partial(calls_url, visit, tool=name)
        shown = (*(status for status, _label, _tone in SHOWN), Status.CANCELLED, Status.EXPIRED)
        label = label_of(name)
        rows.append(
            [
                Cell(name, label, url=link(), note=name if name != label else ""),
                Cell(counts.total(), url=link()),
                earlier.total(),
                *(linked(counts[status], link(status=status)) for status in shown),
                counts[Status.WAITING] + counts[Status.RUNNING],
            ]
        )
    return Table(
        "tools", _("By tool"), columns, rows, empty=_("No tool was called in this period.")
    )


def linked(count: int, url: str) -> Cell:
    return Cell(count, url=url if count else "")


def waiting_table(visit: Visit, cards: list[ToolCall]) -> Table:
    """The cards that wait now."""
    rows = [
        [
            Cell(card.created_at, url=place(visit, card)),
            access.owner_name(card),
            Cell(card.tool, label_of(card.tool)),
            card.waits_until,
        ]
        for card in cards
    ]
    columns = [
        Column("since", _("Since")),
        Column("person", _("Person"), words=True),
        Column("tool", _("Tool"), words=True),
        Column("until", _("Expires")),
    ]
    return Table(
        "waiting", _("Cards that wait for a confirmation"), columns, rows,
        empty=_("Nothing waits for anybody’s confirmation."),
    )  # fmt: skip


def place(visit: Visit, call: ToolCall) -> str:
    """The conversation of a call, at what became of its question."""
    anchor = f"#run-{call.run_id}" if call.run_id else ""
    return visit.url("conversation", call.thread_id) + anchor


# -- single calls ---------------------------------------------------------------------------------


@page_.below("tools/calls/", "calls")
def show_calls(visit: Visit) -> HttpResponseBase:
    query = visit.request.GET
    wanted = Wanted.of(query)
    after = query.get("after", "")
    rows = tools.calls(wanted, visit.period)
    pages = partial(listing.page_of, rows, "created_at")
    found, last = pages(after)
    table = Table(
        "calls", _("Calls"),
        [
            Column("time", _("Time")),
            Column("person", _("Person"), words=True),
            Column("tool", _("Tool"), words=True),
            Column("status", _("Status")),
            Column("ended", _("Ended")),
        ],
        call_rows(visit, found),
        empty=_("There is no such call in this period."),
        action=(_("Show all calls"), calls_url(visit)),
        more=lambda: each(pages, partial(call_rows, visit)),
    )  # fmt: skip
    names = {*all_tools(), *([wanted.tool] if wanted.tool else [])}
    return visit.render(
        "chatkit_console/calls.html",
        {
            "table": table,
            "wanted": wanted,
            "choices_of_tools": sorted((label_of(name), name) for name in names),
            "statuses": Status.choices,
            "back_url": visit.url("tools"),
            "more_url": visit.here(after=last) if last else "",
            "first_url": visit.here(after=None) if after else "",
        },
        title=gettext("Calls"),
    )


def call_rows(visit: Visit, found: list[ToolCall]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for call in found:
        status = Status(call.current_status)
        label = label_of(call.tool)
        tone = "success" if status == Status.DONE else CALLS.get(status, "info")
        rows.append(
            [
                Cell(call.created_at, url=place(visit, call)),
                access.owner_name(call),
                Cell(call.tool, label, note=call.tool if call.tool != label else ""),
                Cell(str(status), str(status.label), tone=tone),
                call.ended_at,
            ]
        )
    return rows
