"""Overview: is the assistant well, what does it do, and what is to be done next."""

from __future__ import annotations

import datetime
from collections import Counter

from django.http import HttpResponseBase
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import daily, limits, unanswered
from ..budgets.report import report
from ..causes import in_words, key_of
from ..charts import Chart
from ..costs import Cost, cost_of, costs_by
from ..daily import Figures, percentile
from ..daily.facts import FAILED, Sum
from ..figures import Figure
from ..guides import cell, guides
from ..health import HELPED, by_cause, health
from ..helpful import helpful_table
from ..period import Period, today
from ..prices import money
from ..registry import page
from ..tables import Cell, Column, Table
from ..visit import Visit
from ..words import listed, names, number, percent, seconds

overview = page("overview", gettext_lazy("Overview"), icon="gauge", order=10)
TOP = 8
MANY = 3  # days that are counted anew, from which on somebody is told
SHOWN = ("answered", "clarified", "not_found")


@overview
def show(visit: Visit) -> HttpResponseBase:
    period = visit.period
    now, before, days = daily.compared(period)
    return visit.render(
        "chatkit_console/overview.html",
        {
            "health": health(now),
            "alerts": limits.alerts(visit, report()),
            "late": late(now, days),
            "figures": cards(visit, now, before),
            "days": Chart(gettext_lazy("Answers by day"), days_table(now)),
            "unanswered": unanswered_table(visit),
            "causes": causes_table(visit, now),
            "articles": articles_table(period, days),
            "helpful": helpful_table(period),
            "people": people_table(visit, days),
        },
    )


def late(now: Figures, stale: list[datetime.date]) -> int:
    """How many days before today are counted from their answers, 0 where they are few."""
    asked = {kind.day for kind, sum_ in now.sums.items() if sum_.answers}
    waiting = asked.intersection(stale) - {today()}
    return len(waiting) if len(waiting) >= MANY else 0


def cards(visit: Visit, now: Figures, before: Figures) -> list[Figure]:
    """The figures of the period, each with its days and against the period before."""
    new, old = now.total(), before.total()
    by_day = now.by(lambda kind: kind.day)
    days = [by_day.get(day, Sum()) for day in now.period.days]
    outcomes, earlier = now.outcomes(), before.outcomes()
    helped, once = (sum(counted[name] for name in HELPED) for counted in (outcomes, earlier))
    helped_days = _by_day(now, HELPED)
    ended, ended_before = (counted.total() - counted[""] for counted in (outcomes, earlier))
    median, slow = percentile(new.first, 0.5), percentile(new.first, 0.95)
    cost, cost_before = cost_of(now.sums.items()), cost_of(before.sums.items())
    return [
        Figure(
            _("Questions"), number(new.answers), "message-circle",
            visit.url("conversations", list="answers"),
            now=new.answers, before=old.answers, days=[day.answers for day in days],
        ),
        Figure(
            _("Answered"), percent(helped, ended), "circle-check",
            visit.url("conversations", outcome="helped"),
            _("%(part)s of %(whole)s") % {"part": number(helped), "whole": number(ended)},
            # The share, as it is shown: fewer questions are no worse answers.
            now=_share(helped, ended), before=_share(once, ended_before), days=helped_days,
            rising=1, tone="success",
        ),
        Figure(
            _("Failed or interrupted"), number(new.failed), "triangle-alert",
            visit.url("conversations", outcome="failures"),
            now=new.failed, before=old.failed, days=[day.failed for day in days],
            rising=-1, tone="error" if new.failed else "success",
        ),
        Figure(
            _("No answer found"), number(new.not_found), "circle-help",
            visit.url("conversations", outcome="not_found"),
            now=new.not_found, before=old.not_found, days=[day.not_found for day in days],
            rising=-1, tone="warning",
        ),
        Figure(
            _("Thumbs down"), number(new.down), "thumbs-down",
            visit.url("conversations", feedback="negative"),
            now=new.down, before=old.down, days=[day.down for day in days],
            rising=-1, tone="warning",
        ),
        Figure(
            _("First word"), seconds(median), "timer",
            note=_("95 of 100 within %(time)s") % {"time": seconds(slow)} if slow else "",
            now=median, before=percentile(old.first, 0.5),
            days=[percentile(day.first, 0.5) for day in days], rising=-1, tone="info",
        ),
        Figure(
            _("Cost"), money(cost.amount), "coins", note=cost_note(cost.missing),
            now=_known(cost), before=_known(cost_before),
            days=_costs(now), rising=-1,
        ),
    ]  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _known(cost: Cost) -> float | None:
    """A cost that can be compared: None where it leaves models out."""
    return None if cost.missing else float(cost.amount or 0)


def cost_note(missing: tuple[str, ...]) -> str:
    """Which models have no price."""
    if not missing:
        return ""
    models = listed(model or _("unnamed model") for model in missing)
    return _("Without %(models)s, for which no price is set") % {"models": models}


def _by_day(figures: Figures, outcomes: tuple[str, ...]) -> list[float | None]:
    counted: Counter[object] = Counter()
    for kind, sum_ in figures.sums.items():
        if kind.outcome in outcomes:
            counted[kind.day] += sum_.answers
    return [counted[day] for day in figures.period.days]


def _costs(figures: Figures) -> list[float | None]:
    paid = costs_by(figures.sums.items(), lambda kind: kind.day)
    return [float(paid[day].amount or 0) if day in paid else 0.0 for day in figures.period.days]


def days_table(figures: Figures) -> Table:
    """The outcomes of each day."""
    counted = {day: Counter[str]() for day in figures.period.days}
    for kind, sum_ in figures.sums.items():
        name = "failed" if kind.outcome in FAILED else kind.outcome
        counted[kind.day][name if name in (*SHOWN, "failed") else "other"] += sum_.answers
    columns = [
        Column("day", gettext_lazy("Day")),
        Column("answered", gettext_lazy("Answered"), number=True, tone="success"),
        Column("clarified", gettext_lazy("Asked back"), number=True, tone="info"),
        Column("not_found", gettext_lazy("No answer found"), number=True, tone="warning"),
        Column("failed", gettext_lazy("Failed"), number=True, tone="error"),
        Column("other", gettext_lazy("Other"), number=True),
    ]
    rows = [
        [
            Cell(day, date_format(day, "MONTH_DAY_FORMAT")),
            *(of_day[name] for name in (*SHOWN, "failed", "other")),
        ]
        for day, of_day in counted.items()
    ]
    return Table("days", gettext_lazy("Answers by day"), columns, rows)


def causes_table(visit: Visit, figures: Figures) -> Table:
    """Failures by cause; what is one to people is one line."""
    counted: Counter[str] = Counter()
    recorded: dict[str, str] = {}
    for error, count in by_cause(figures).items():
        words = in_words(error)
        counted[words] += count
        recorded.setdefault(words, key_of(error) or "none")
    rows = [
        [
            Cell(words, url=visit.url("conversations", outcome="failures", cause=recorded[words])),
            count,
        ]
        for words, count in counted.most_common(TOP)
    ]
    columns = [
        Column("cause", gettext_lazy("Cause")),
        Column("answers", gettext_lazy("Answers"), number=True),
    ]
    return Table(
        "causes", gettext_lazy("Failures by cause"), columns, rows,
        empty=gettext_lazy("Nothing failed in this period."),
    )  # fmt: skip


def unanswered_table(visit: Visit) -> Table:
    """What was asked in vain most often."""
    found = unanswered.lines(visit.period, "open", with_words=visit.may_read, most=TOP)
    rows = [
        [
            Cell(
                unanswered.name_of(line.group, line.words), url=visit.url("question", line.group.pk)
            ),
            line.count,
            line.people,
        ]
        for line in found
    ]
    columns = [
        Column("question", gettext_lazy("Question"), words=True),
        Column("count", gettext_lazy("Times"), number=True),
        Column("people", gettext_lazy("People"), number=True),
    ]
    return Table(
        "unanswered", gettext_lazy("Unanswered questions"), columns, rows,
        empty=gettext_lazy("Every question of this period found an answer."),
        said=visit.may_read,
    )  # fmt: skip


def articles_table(period: Period, stale: list[datetime.date]) -> Table:
    """The articles that answers cited most."""
    found = daily.articles(period, stale)
    top = sorted(found.items(), key=lambda pair: (-pair[1].answers, pair[0]))[:TOP]
    known = guides(slug for slug, _sum in top)
    rows = [
        [
            cell(slug, known),
            sum_.answers,
            sum_.down,
        ]
        for slug, sum_ in top
        if sum_.answers
    ]
    columns = [
        Column("article", gettext_lazy("Article")),
        Column("answers", gettext_lazy("Answers"), number=True),
        Column("down", gettext_lazy("Thumbs down"), number=True),
    ]
    return Table(
        "articles", gettext_lazy("Most cited articles"), columns, rows,
        empty=gettext_lazy("No answer cited an article in this period."),
    )  # fmt: skip


def people_table(visit: Visit, stale: list[datetime.date]) -> Table:
    """Who asks most."""
    found = daily.people(visit.period, stale, tokens=False)
    asked = [(key[0], sum_) for key, sum_ in found.items() if sum_.answers and key[0] is not None]
    top = sorted(asked, key=lambda pair: (-pair[1].answers, str(pair[0])))[:TOP]
    known = names(user_id for user_id, _sum in top)
    rows = [
        [
            Cell(
                known.get(user_id, str(user_id)),
                url=visit.url("conversations", person=known.get(user_id, str(user_id))),
            ),
            sum_.answers,
            sum_.not_found,
            sum_.failed,
        ]
        for user_id, sum_ in top
    ]
    columns = [
        Column("person", gettext_lazy("Person"), words=True),
        Column("questions", gettext_lazy("Questions"), number=True),
        Column("not_found", gettext_lazy("No answer found"), number=True),
        Column("failed", gettext_lazy("Failed"), number=True),
    ]
    return Table(
        "people", gettext_lazy("Who asks most"), columns, rows,
        empty=gettext_lazy("Nobody has asked anything in this period."),
    )  # fmt: skip
