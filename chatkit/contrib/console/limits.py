"""Budgets, the offline switch and who changed them, as the usage page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chatkit import access
from chatkit.fields import local_time

from .audit.words import difference
from .budgets.report import Line
from .budgets.words import described, in_unit
from .changes import Change
from .models import Budget, Switch
from .tables import Cell, Column, Table
from .visit import Visit
from .words import number, percent

LATEST = 10
KINDS = ("budget", "switch")
TONES: dict[str, str] = {Change.Action.ADDED: "success", Change.Action.DELETED: "error"}


@dataclass(frozen=True)
class Alert:
    text: str
    tone: str
    url: str = ""


def admin_url(visit: Visit, model: str, pk: object = None) -> str:
    """The page of a row in the admin, or their list; "" for who may not see it."""
    if not visit.may(f"chatkit_console.view_{model}"):
        return ""
    if pk is None:
        return reverse(f"admin:chatkit_console_{model}_changelist")
    return reverse(f"admin:chatkit_console_{model}_change", args=[pk])


def links(visit: Visit) -> list[tuple[str, str, str]]:
    """Where budgets and the switch are changed: label, icon, address."""
    found = [
        (_("Budgets"), "wallet", admin_url(visit, "budget")),
        (_("Take it offline"), "plug", admin_url(visit, "switch")),
    ]
    return [link for link in found if link[2]]


def alerts(visit: Visit, lines: list[Line]) -> list[Alert]:
    """What stops people now, or soon will. One query."""
    found = [
        Alert(
            _("The assistant is offline: %(where)s") % {"where": switch},
            "error",
            admin_url(visit, "switch", switch.pk),
        )
        for switch in Switch.objects.filter(offline=True)
    ]
    for line in lines:
        if not line.near:
            continue
        words = _words(line)
        tone = "error" if line.reached else "warning"
        found.append(Alert(words, tone, admin_url(visit, "budget", line.budget.pk)))
    return found


def _words(line: Line) -> str:
    name = described(line.budget)
    if line.budget.each_person:
        count = line.reached or line.near
        if line.reached:
            told = ngettext(
                "%(budget)s: %(count)s person has used all of it",
                "%(budget)s: %(count)s people have used all of it",
                count,
            )
        else:
            told = ngettext(
                "%(budget)s: %(count)s person is near its end",
                "%(budget)s: %(count)s people are near its end",
                count,
            )
        return told % {"budget": name, "count": number(count)}
    if line.reached:
        return _("%(budget)s: all of it is used") % {"budget": name}
    share = percent(float(line.fullest.used), float(line.budget.amount))
    return _("%(budget)s: %(share)s of it is used") % {"budget": name, "share": share}


def budgets_table(visit: Visit, lines: list[Line]) -> Table:
    """How each budget stands now."""
    rows = [_row(visit, line) for line in lines]
    add = reverse("admin:chatkit_console_budget_add")
    may_add = visit.may("chatkit_console.add_budget")
    return Table(
        "budgets",
        gettext_lazy("Budgets now"),
        [
            Column("budget", gettext_lazy("Budget"), words=True),
            Column("used", gettext_lazy("Used"), number=True),
            Column("share", gettext_lazy("Share"), number=True),
            Column("resets", gettext_lazy("Begins anew")),
            Column("without_price", gettext_lazy("Without a price"), number=True),
        ],
        rows,
        empty=gettext_lazy("There are no budgets: everybody may ask as much as they like."),
        action=(gettext_lazy("Add a budget"), add) if may_add else None,
    )


def _row(visit: Visit, line: Line) -> list[Any]:
    budget, standing = line.budget, line.fullest
    tone = "error" if line.reached else "warning" if line.near else "success"
    each = budget.each_person and budget.user_id is None
    share = percent(float(standing.used), float(budget.amount))
    unpriced = standing.spent.unpriced if standing.spent else 0
    counts = budget.unit == Budget.Unit.MONEY and unpriced
    return [
        Cell(described(budget), url=admin_url(visit, "budget", budget.pk)),
        Cell(
            float(standing.used),
            "–" if each and not line.near else in_unit(standing.used, budget.unit),
            note=_("By who has used the most") if each and line.near else "",
        ),
        Cell(
            round(float(standing.share), 4),
            _("under 80 %") if each and not line.near else share,
            tone=tone,
        ),
        standing.resets,
        Cell(unpriced, tone="warning") if counts else 0,
    ]


def _whom(change: Change) -> str:
    return access.login_name(change.person) if change.person else ""


def changes_table() -> Table:
    """The latest changes of budgets and switches."""
    rows = [
        [
            local_time(change.at),
            change.user_name,
            Cell(change.action, change.get_action_display(), tone=TONES.get(change.action, "info")),
            Cell(change.name, note=" · ".join(filter(None, (_whom(change), difference(change))))),
        ]
        for change in Change.objects.filter(kind__in=KINDS).select_related("person")[:LATEST]
    ]
    return Table(
        "changes",
        gettext_lazy("Latest changes of budgets and the offline switch"),
        [
            Column("at", gettext_lazy("When")),
            Column("who", gettext_lazy("Who"), words=True),
            Column("action", gettext_lazy("What")),
            Column("name", gettext_lazy("Which"), words=True),
        ],
        rows,
        empty=gettext_lazy("Nothing was changed yet."),
    )
