"""Runs: each answer, how it ended, how long it took and what it cost in tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from .. import analytics
from ..hosted import causes
from ..models import Run
from ..templatetags.chatkit import chatkit_number
from . import private
from .base import (
    ReadOnlyAdminMixin,
    badge,
    linked,
    moment,
    outcome_badge,
    thread_link,
    who,
)
from .export import run_csv
from .filters import DateRangeFilter, OutcomeFilter, PersonFilter, ValuesFilter

BREAK = mark_safe("<br>")
LATEST = 10_000  # runs whose totals are told where they are very many


@admin.register(Run)
class RunAdmin(ReadOnlyAdminMixin):
    list_display = [
        "started",
        who,
        "status_now",
        "result",
        "place",
        "took",
        "tokens",
        "model",
    ]
    list_filter = [
        "status",
        PersonFilter,
        OutcomeFilter,
        ("kind", ValuesFilter),
        ("model", ValuesFilter),
        ("editors_told_at", admin.EmptyFieldListFilter),
        ("created_at", DateRangeFilter),
    ]
    actions = ["export_csv"]
    search_help_text = _("User, run id, conversation id or error")
    searched = ("id", "thread__id", "error", "visitor__id")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "own_id",
                    "thread_id_link",
                    "user_name",
                    "session_row",
                    "kind",
                    "plain_status",
                    "result",
                ]
            },
        ),
        (_("What went wrong"), {"fields": ["error", "what_to_do"]}),
        (
            _("Sources"),
            {"fields": ["named_things", "searched_for", "cited_sources", "editors_told_at"]},
        ),
        (_("Time"), {"fields": ["created_at", "ended_at", "first_token_ms", "duration_ms"]}),
        (_("Cost"), {"fields": ["model", "tokens_in", "tokens_cached", "tokens_out"]}),
    ]

    def page_fieldsets(self, obj: Run | None) -> list[Any]:
        error = obj.error if obj else ""
        known = ["what_to_do"] if causes.is_known(error) else []
        shown = ["error", *known] if error else []
        found: list[Any] = []
        for title, options in self.fieldsets or []:
            fields = shown if "error" in options["fields"] else options["fields"]
            if fields:
                found.append((title, {"fields": fields}))
        return found

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            found = context["cl"]
            latest = LATEST if found.paginator.is_cut else None
            context["totals"] = analytics.run_totals(found.queryset, latest=latest)
            context["latest"] = latest
        return response

    @admin.display(description=_("status"), ordering="status")
    def status_now(self, row: Run) -> SafeString:
        mark = self.plain_status(row)
        if not row.error:
            return mark
        return format_html('{} <span class="chatkit-error chatkit-why">{}</span>', mark, row.error)

    @admin.display(description=_("status"))
    def plain_status(self, row: Run) -> SafeString:
        return badge(row.status, row.get_status_display())

    @admin.display(description=_("outcome"), ordering="outcome")
    def result(self, row: Run) -> SafeString | str:
        return outcome_badge(row.outcome)

    @admin.display(description=_("what to do"))
    def what_to_do(self, row: Run) -> str:
        cause, fix = causes.explain(row.error)
        return f"{cause} {fix}"

    @private.shows("named")
    @admin.display(description=_("named"))
    def named_things(self, row: Run) -> SafeString | str:
        return _listed(
            ":".join(filter(None, (one.get("kind"), one.get("id")))) for one in _entries(row.named)
        )

    @private.shows("searched")
    @admin.display(description=_("searched"))
    def searched_for(self, row: Run) -> SafeString | str:
        return _listed(
            " · ".join(filter(None, (one.get("query"), one.get("language"))))
            for one in _entries(row.searched)
        )

    @admin.display(description=_("cited"))
    def cited_sources(self, row: Run) -> SafeString | str:
        return _listed(map(_named, _entries(row.cited)))

    @admin.display(description=_("started"), ordering="created_at")
    def started(self, row: Run) -> str:
        return moment(row.created_at)

    @admin.display(description=_("conversation"), ordering="thread_id")
    def place(self, row: Run) -> SafeString:
        kind = row.kind.removeprefix("threads.")
        return format_html('{} <span class="chatkit-below">{}</span>', thread_link(row), kind)

    @admin.display(description=_("first / all, ms"), ordering="duration_ms")
    def took(self, row: Run) -> str:
        if row.first_token_ms is None and row.duration_ms is None:
            return "-"
        first, whole = map(chatkit_number, (row.first_token_ms, row.duration_ms))
        return f"{first} / {whole}"

    @admin.display(description=_("tokens in / out"), ordering="tokens_out")
    def tokens(self, row: Run) -> str:
        if row.tokens_in is None and row.tokens_out is None:
            return "-"
        return f"{chatkit_number(row.tokens_in or 0)} / {chatkit_number(row.tokens_out or 0)}"

    @admin.display(description=_("conversation"))
    def thread_id_link(self, row: Run) -> SafeString | str:
        return thread_link(row)

    @admin.display(description=_("user"))
    def user_name(self, row: Run) -> str:
        return who(row)

    @admin.display(description=_("session record"))
    def session_row(self, row: Run) -> SafeString | str:
        if row.session is None or row.session_id is None:
            return "-"
        url = reverse("admin:chatkit_session_change", args=[quote(row.session_id)])
        return linked(row, "chatkit.session", url, row.session)

    @admin.action(description=_("Export selected runs as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Run]) -> StreamingHttpResponse:
        return run_csv(request, queryset)


def _entries(value: object) -> list[dict[str, str]]:
    """What was searched or cited, of a row that may have any shape."""
    found = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    return [{name: text for name, text in one.items() if isinstance(text, str)} for one in found]


def _named(cited: dict[str, str]) -> str:
    """Where something that was cited stands: article, section and language, else its address."""
    article = " › ".join(filter(None, (cited.get("article"), cited.get("section"))))
    if not article:
        return cited.get("url", "")
    return " · ".join(filter(None, (article, cited.get("language"))))


def _listed(lines: Iterable[str]) -> SafeString | str:
    """The lines below one another, each in the direction of its own text."""
    return format_html_join(BREAK, "<bdi>{}</bdi>", ((line,) for line in lines if line)) or "-"
