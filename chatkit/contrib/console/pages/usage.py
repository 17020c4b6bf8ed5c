"""Usage: answers, tokens and cost, by day, person, group, workflow and model; and the budgets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import daily, limits
from ..budgets.report import report
from ..charts import Chart
from ..daily import Figures
from ..figures import Figure
from ..listing import VISITORS
from ..period import OWN
from ..prices import money
from ..registry import page
from ..spending import Use, by_group, memberships, uses
from ..tables import Cell, Column, Table
from ..visit import Visit
from ..words import listed, names, number

usage = page("usage", gettext_lazy("Usage"), icon="coins", order=40)
TOP = 20


@usage
def show(visit: Visit) -> HttpResponseBase:
    period = visit.period
    now, before, stale = daily.compared(period, times="")
    people = daily.people(period, stale, "model")
    group_names, groups = memberships()
    chosen = visit.request.GET.get("group", "")
    group = next((pk for pk in group_names if str(pk) == chosen), None)
    days = uses(now.sums.items(), lambda kind: kind.model, lambda kind: kind.day)
    everybody = uses(people.items(), lambda key: key[1], lambda key: key[0])
    grouped = by_group(everybody, groups)
    asked = {
        user_id: use
        for user_id, use in everybody.items()
        if group is None or group in groups.get(user_id, ())
    }
    lines = report()
    return visit.render(
        "chatkit_console/usage.html",
        {
            "alerts": limits.alerts(visit, lines),
            "links": limits.links(visit),
            "figures": cards(now, before, days),
            "days": Chart(gettext_lazy("Tokens by day"), days_table(visit, days)),
            "people": people_table(visit, asked, group_names.get(group, "")),
            "all_people_url": visit.url("usage") if group is not None else "",
            "groups": groups_table(visit, grouped, group_names),
            "workflows": workflows_table(visit, now),
            "models": models_table(visit, now),
            "budgets": limits.budgets_table(visit, lines),
            "changes": limits.changes_table(),
        },
    )


# -- cards ---------------------------------------------------------------------------------------


def _total(figures: Figures) -> Use:
    found = uses(figures.sums.items(), lambda kind: kind.model, lambda kind: "all")
    return found.get("all", Use())


def cards(now: Figures, before: Figures, days: dict[Any, Use]) -> list[Figure]:
    """The sums of the period, each with its days and against the period before."""
    new, old = _total(now), _total(before)
    by_day = [days.get(day, Use()) for day in now.period.days]
    return [
        Figure(
            _("Answers"), number(new.answers), "message-circle",
            now=new.answers, before=old.answers, days=[use.answers for use in by_day],
        ),
        Figure(
            _("Tokens"), number(new.tokens), "hash", tone="info",
            note=_("%(read)s read, %(written)s written") % {
                "read": number(new.tokens_in), "written": number(new.tokens_out),
            } if new.tokens else "",
            now=new.tokens, before=old.tokens, days=[use.tokens for use in by_day],
        ),
        Figure(
            _("Cost"), money(new.money if new.is_priced else None), "coins", tone="warning",
            note=without(new), now=_known(new), before=_known(old),
            days=[float(use.money) for use in by_day], rising=-1,
        ),
    ]  # fmt: skip


def _known(use: Use) -> float | None:
    """A cost that can be compared: None where it leaves models out."""
    return None if use.models else float(use.money)


def without(use: Use) -> str:
    """Which answers the cost leaves out."""
    if not use.unpriced:
        return ""
    models = listed(sorted(model or _("unnamed model") for model in use.models))
    told = ngettext(
        "Without %(count)s answer of a model that has no price: %(models)s",
        "Without %(count)s answers of models that have no price: %(models)s",
        use.unpriced,
    )
    return told % {"count": number(use.unpriced), "models": models}


# -- tables --------------------------------------------------------------------------------------


def columns(key: str, label: Any, *, words: bool = False, charted: bool = False) -> list[Column]:
    """What each table says, after its first column."""
    tones = ("info", "success", "primary") if charted else ("", "", "")
    return [
        Column(key, label, words=words),
        Column("answers", gettext_lazy("Answers"), number=True),
        Column("tokens_read", gettext_lazy("Tokens read"), number=True, tone=tones[0]),
        Column("tokens_cached", gettext_lazy("From the cache"), number=True, tone=tones[1]),
        Column("tokens_written", gettext_lazy("Tokens written"), number=True, tone=tones[2]),
        Column("cost", gettext_lazy("Cost"), number=True),
        Column("unpriced", gettext_lazy("Without a price"), number=True),
    ]


def cells(use: Use) -> list[Any]:
    priced = use.is_priced
    return [
        use.answers,
        use.fresh,
        use.tokens_cached,
        use.tokens_out,
        Cell(float(use.money) if priced else None, money(use.money if priced else None)),
        Cell(use.unpriced, tone="warning", note=listed(sorted(use.models))) if use.unpriced else 0,
    ]


def _ordered(found: dict[Any, Use]) -> Iterable[tuple[Any, Use]]:
    return sorted(found.items(), key=lambda pair: (pair[1].order, str(pair[0])), reverse=True)


EMPTY = gettext_lazy("Nobody has asked anything in this period.")


def days_table(visit: Visit, found: dict[Any, Use]) -> Table:
    rows = [
        [
            Cell(
                day,
                date_format(day, "MONTH_DAY_FORMAT"),
                url=visit.url("conversations", period=OWN, **{"from": day, "to": day}),
            ),
            *cells(found.get(day, Use())),
        ]
        for day in visit.period.days
    ]
    first = columns("day", gettext_lazy("Day"), charted=True)
    return Table("days", gettext_lazy("Tokens by day"), first, rows)


def people_table(visit: Visit, found: dict[Any, Use], group: str) -> Table:
    """Who used the most; all of them in the CSV. Whose data is deleted is one line."""
    ordered = list(_ordered(found))

    def rows(some: list[tuple[Any, Use]]) -> list[list[Any]]:
        known = names(user_id for user_id, _use in some)
        return [[_person(visit, user_id, known), *cells(use)] for user_id, use in some]

    caption = _("By person: %(group)s") % {"group": group} if group else _("By person")
    return Table(
        "people", caption, columns("person", gettext_lazy("Person"), words=True),
        rows(ordered[:TOP]), empty=EMPTY, more=lambda: rows(ordered),
    )  # fmt: skip


def _person(visit: Visit, user_id: Any, known: dict[Any, str]) -> Cell:
    if user_id is None:
        name = _("Visitors, and deleted conversations")
        return Cell("", name, url=visit.url("conversations", person=VISITORS))
    name = known.get(user_id, str(user_id))
    return Cell(name, url=visit.url("conversations", person=name))


def groups_table(visit: Visit, found: dict[Any, Use], known: dict[Any, str]) -> Table:
    rows = [
        [
            Cell("", _("In no group"))
            if group is None
            else Cell(known[group], url=visit.url("usage", group=group)),
            *cells(use),
        ]
        for group, use in _ordered(found)
    ]
    first = columns("group", gettext_lazy("Group"), words=True)
    return Table("groups", gettext_lazy("By group"), first, rows, empty=EMPTY)


def workflows_table(visit: Visit, now: Figures) -> Table:
    found = uses(now.sums.items(), lambda kind: kind.model, lambda kind: kind.workflow_id)
    rows = [
        [Cell(name, short(name), url=visit.url("conversations", workflow=name)), *cells(use)]
        for name, use in _ordered(found)
    ]
    first = columns("workflow", gettext_lazy("Workflow"))
    return Table("workflows", gettext_lazy("By workflow"), first, rows, empty=EMPTY)


def short(workflow_id: str) -> str:
    """A workflow's id, shortened in the middle where it is long, as in the admin."""
    return workflow_id if len(workflow_id) <= 24 else f"{workflow_id[:7]}…{workflow_id[-4:]}"


def models_table(visit: Visit, now: Figures) -> Table:
    found = uses(now.sums.items(), lambda kind: kind.model, lambda kind: kind.model)
    rows = [
        [Cell(name, name or _("Without a model"), url=_runs(visit, model=name)), *cells(use)]
        for name, use in _ordered(found)
    ]
    first = columns("model", gettext_lazy("Model"))
    return Table("models", gettext_lazy("By model"), first, rows, empty=EMPTY)


def _runs(visit: Visit, **filters: str) -> str:
    """The runs of the period in the admin, for who may see them."""
    if not visit.may("chatkit.view_run"):
        return ""
    first, last = visit.period.first.isoformat(), visit.period.last.isoformat()
    days = {"created_at__from": first, "created_at__to": last}
    return f"{reverse('admin:chatkit_run_changelist')}?{urlencode({**days, **filters})}"
