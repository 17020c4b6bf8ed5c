"""Visitors: people who have written without a login."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .. import access
from ..models import Thread, Visitor
from .base import ReadOnlyAdminMixin, linked, moment
from .filters import DateRangeFilter


@admin.register(Visitor)
class VisitorAdmin(ReadOnlyAdminMixin):
    """Those who did not come back are deleted by `chatkit_prune`. Of where somebody came from
    nothing is kept."""

    list_display = ["name", "first", "last", "conversations", "account"]
    list_filter = [
        ("merged_at", admin.EmptyFieldListFilter),
        ("seen_at", DateRangeFilter),
        ("created_at", DateRangeFilter),
    ]
    list_select_related = ["merged_into"]
    search_help_text = _("The key of a visitor")
    fields = ["own_id", "first", "last", "consent", "conversations", "account", "merged_at"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return ["id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        threads = Thread.objects.filter(visitor=OuterRef("pk"), temporary=False).order_by()
        counted = threads.values("visitor").annotate(count=Count("pk")).values("count")
        found: QuerySet[Any] = super().get_queryset(request)
        rows: QuerySet[Any] = found.annotate(thread_count=Coalesce(Subquery(counted), 0))
        return rows

    @admin.display(description=_("visitor"), ordering="id")
    def name(self, row: Visitor) -> str:
        return row.get_username()

    @admin.display(description=_("first message"), ordering="created_at")
    def first(self, row: Visitor) -> str:
        return moment(row.created_at)

    @admin.display(description=_("last seen"), ordering="seen_at")
    def last(self, row: Visitor) -> str:
        return moment(row.seen_at)

    @admin.display(description=_("conversations"))
    def conversations(self, row: Any) -> SafeString | str:
        if not row.thread_count:
            return "-"
        url = reverse("admin:chatkit_thread_changelist") + "?" + urlencode({"q": row.pk})
        return linked(row, "chatkit.thread", url, row.thread_count)

    @admin.display(description=_("account"))
    def account(self, row: Visitor) -> str:
        """Whose the conversations are since a login."""
        if row.merged_at is None:
            return "-"
        return access.login_name(row.merged_into) or "-"
