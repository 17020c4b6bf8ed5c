"""Tool calls: what the assistants did, for whom, and with which outcome."""

from __future__ import annotations

import json

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import ToolCall
from . import private
from .base import (
    ReadOnlyAdminMixin,
    badge,
    link_to_thread,
    linked,
    who,
)
from .filters import CallStatusFilter, DateRangeFilter, ValuesFilter


@admin.register(ToolCall)
class ToolCallAdmin(ReadOnlyAdminMixin):
    """Arguments and outcomes may hold what users wrote, so that they are shown only to those who
    may read conversations."""

    list_display = ["created_at", "tool", who, "status_now", "place"]
    list_filter = [CallStatusFilter, ("tool", ValuesFilter), ("created_at", DateRangeFilter)]
    search_help_text = _("User, tool, call id or conversation id")
    searched = ("tool", "id", "thread__id")
    fields = [
        "own_id",
        "tool",
        "user_name",
        "status_now",
        "place",
        "run_link",
        "created_at",
        "ended_at",
        "given",
        "outcome",
    ]

    @admin.display(description=_("status"), ordering="status")
    def status_now(self, row: ToolCall) -> SafeString:
        """A call whose hour is over has expired, whether the row says so yet or not."""
        return badge(row.current_status, ToolCall.Status(row.current_status).label)

    @admin.display(description=_("conversation"), ordering="thread_id")
    def place(self, row: ToolCall) -> SafeString | str:
        """The conversation, opened at the card that asked."""
        return link_to_thread(row, row.item_id)

    @admin.display(description=_("run"))
    def run_link(self, row: ToolCall) -> SafeString | str:
        if row.run_id is None:
            return "-"
        url = reverse("admin:chatkit_run_change", args=[quote(row.run_id)])
        return linked(row, "chatkit.run", url, row.run_id)

    @admin.display(description=_("user"))
    def user_name(self, row: ToolCall) -> str:
        return who(row)

    @private.shows("arguments")
    @admin.display(description=_("arguments"))
    def given(self, row: ToolCall) -> str:
        return json.dumps(row.arguments, ensure_ascii=False, indent=1)
