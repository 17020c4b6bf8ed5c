"""Audit: who read or exported whose conversation, and who changed what. Nothing is edited here."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.admin.utils import quote
from django.http import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatkit import access
from chatkit.models import Thread

from .. import limits
from ..audit.entries import KINDS, WITH, Line, Wanted, page_of
from ..audit.words import TAKEN, difference
from ..changes import Change
from ..listing import each
from ..models import Reading
from ..registry import page
from ..tables import Cell, Column, Table
from ..visit import Visit

audit = page("audit", _("Audit"), icon="shield-check", order=70)
# The permission to see a row in the admin, and the name of its page there.
ADMIN = {
    "budget": ("chatkit_console.view_budget", "admin:chatkit_console_budget_change"),
    "switch": ("chatkit_console.view_switch", "admin:chatkit_console_switch_change"),
    "starterprompt": ("chatkit.view_starterprompt", "admin:chatkit_starterprompt_change"),
    "messagetemplate": ("chatkit.view_messagetemplate", "admin:chatkit_messagetemplate_change"),
    "article": ("chatkit_articles.view_article", "admin:chatkit_articles_article_change"),
    "share": ("chatkit.view_share", "admin:chatkit_share_change"),
    "phrasing": ("chatkit_articles.view_phrasing", "admin:chatkit_articles_phrasing_change"),
}
PUBLISHED = "published"  # as the versions of texts have it
# By the flags of Django's admin.
ENTRIES = {1: Change.Action.ADDED, 2: Change.Action.CHANGED, 3: Change.Action.DELETED}
# Pages of the console itself.
OURS = {"review": "review", "questiongroup": "question", "evaluationset": "evaluation_set"}


@audit
def show(visit: Visit) -> HttpResponseBase:
    query = visit.request.GET
    wanted = Wanted.of(query)
    after = query.get("after", "")
    pages = partial(page_of, wanted, visit.period)
    found, last = pages(after)
    table = Table(
        "audit", _("What was read and changed"),
        [
            Column("time", _("When")),
            Column("who", _("Who"), words=True),
            Column("did", _("What")),
            Column("which", _("Which"), words=True),
            Column("person", _("Whose"), words=True),
        ],
        rows_of(visit, found),
        empty=_("Nothing was read or changed in this period."),
        more=lambda: each(pages, partial(rows_of, visit)),
    )  # fmt: skip
    return visit.render(
        "chatkit_console/audit.html",
        {
            "table": table,
            "wanted": wanted,
            "kinds": KINDS.items(),
            "more_url": visit.here(after=last) if last else "",
            "first_url": visit.here(after=None) if after else "",
        },
    )


def rows_of(visit: Visit, lines: list[Line]) -> list[list[Any]]:
    """The lines as they are shown. One query, for the conversations that are still there."""
    readings = [line.row for line in lines if isinstance(line.row, Reading)]
    ids = [row.thread_id for row in readings if row.thread_id]
    rows = Thread.objects.undeleted().filter(pk__in=ids)
    there = set(rows.values_list("pk", flat=True)) if ids else set()
    return [_row(visit, line, there) for line in lines]


def _row(visit: Visit, line: Line, there: set[str]) -> list[Any]:
    if isinstance(line.row, Reading):
        return [line.at, *_reading(visit, line.row, there)]
    if isinstance(line.row, Change):
        return [line.at, *_change(visit, line.row)]
    if hasattr(line.row, "action_flag"):
        return [line.at, *_entry(line.row)]
    return [line.at, *_version(visit, line.row)]


def _reading(visit: Visit, row: Reading, there: set[str]) -> list[Any]:
    who = row.user_name or gettext("A command on the server")
    did = Cell(row.action, row.get_action_display(), tone="warning")
    whose = access.login_name(row.person) if row.person else ""
    if row.thread_id:
        url = visit.url("conversation", row.thread_id) if row.thread_id in there else ""
        return [who, did, Cell(row.thread_id, url=url), whose]
    if row.action == Reading.Action.SEARCHED:
        return [who, did, gettext("What was said in conversations"), whose]
    return [who, did, Cell(row.what, str(TAKEN.get(row.what, row.what))), whose]


def _change(visit: Visit, row: Change) -> list[Any]:
    did = Cell(row.action, row.get_action_display(), tone=limits.TONES.get(row.action, "info"))
    url, (permission, name) = "", ADMIN.get(row.kind, ("", ""))
    if name and row.object_id and row.action != Change.Action.DELETED and visit.may(permission):
        url = _admin_url(name, row.object_id)
    elif row.kind in OURS and row.action != Change.Action.DELETED:
        url = visit.url(OURS[row.kind], row.object_id)
    told = next((kind for kind, others in WITH.items() if row.kind in others), row.kind)
    kind = str(KINDS.get(told, told))
    note = " · ".join(filter(None, (kind, difference(row))))
    who = row.user_name or gettext("A command on the server")
    whom = access.login_name(row.person) if row.person else ""
    return [who, did, Cell(row.name or gettext("Order"), url=url, note=note), whom]


def _entry(row: Any) -> list[Any]:
    """A line of the log of Django's admin."""
    action = ENTRIES.get(row.action_flag, Change.Action.CHANGED)
    did = Cell(action.value, str(action.label), tone=limits.TONES.get(action, "info"))
    said = row.get_change_message() if action == Change.Action.CHANGED else ""
    note = " · ".join(filter(None, (str(KINDS["access"]), said)))
    return [access.login_name(row.user), did, Cell(row.object_repr, note=note), ""]


def _version(visit: Visit, row: Any) -> list[Any]:
    """A step of an article's text. A draft may be called as a person has asked: its title is for
    those who may read that, until readers of the article see it."""
    who = access.login_name(row.user) if row.user else ""
    did = Cell(row.step, row.get_step_display(), tone="info")
    url = ""
    if visit.may("chatkit_articles.view_article"):
        url = _admin_url("admin:chatkit_articles_articletext_history", row.text_id)
    version = gettext("version %(number)d") % {"number": row.number}
    note = " · ".join((str(KINDS["article"]), row.text.language, version))
    live = row.text.live
    seen = row.status == PUBLISHED or (live is not None and live.title == row.title)
    name = row.title if visit.may_read or seen else f"#{row.text.article_id}"
    return [who, did, Cell(name, url=url, note=note), ""]


def _admin_url(name: str, pk: str | int) -> str:
    try:
        return reverse(name, args=[quote(pk)])
    except NoReverseMatch:
        return ""
