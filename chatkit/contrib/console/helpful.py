"""What readers said to "Was this helpful?" of each article, those of the folder among them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from .guides import cell, guides
from .period import Period
from .tables import Column, Table
from .unanswered.marks import has_articles

TOP = 8


def helpful_table(period: Period) -> Table | None:
    """The articles on which the readers of the period voted, the worst first; None where nobody is
    asked."""
    if not has_articles():
        return None
    rows = votes(period)
    return Table(
        "helpful", _("Was this helpful?"),
        [
            Column("article", _("Article")),
            Column("no", _("No"), number=True),
            Column("yes", _("Yes"), number=True),
        ],
        named(rows[:TOP]),
        empty=_("Nobody voted on an article in this period."),
        more=lambda: named(rows),
    )  # fmt: skip


Row = tuple[str, str, int, int]


def votes(period: Period) -> list[Row]:
    """Each article, by the workflow whose own it is and its name, with its votes against it and
    for it."""
    from chatkit.contrib.articles.models import Vote

    found = Vote.objects.filter(created_at__gte=period.start, created_at__lt=period.end)
    counts = found.order_by().values("workflow_id", "slug")
    counted = counts.annotate(
        no=Count("pk", filter=Q(helpful=False)), yes=Count("pk", filter=Q(helpful=True))
    )
    rows = [(row["workflow_id"], row["slug"], row["no"], row["yes"]) for row in counted]
    return sorted(rows, key=lambda row: (-row[2], -row[3], row[1], row[0]))


def named(rows: list[Row]) -> list[list[Any]]:
    slugs: dict[str, set[str]] = {}
    for workflow_id, slug, _no, _yes in rows:
        slugs.setdefault(workflow_id, set()).add(slug)
    known = {workflow_id: guides(own, workflow_id) for workflow_id, own in slugs.items()}
    return [[cell(slug, known[workflow_id]), no, yes] for workflow_id, slug, no, yes in rows]
