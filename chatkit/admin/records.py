"""Feedback and attachments: read-only lists."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Attachment, Feedback
from .base import (
    ReadOnlyAdminMixin,
    badge,
    link_to_thread,
    thread_link,
    who,
    workflow,
)
from .filters import DateRangeFilter, ValuesFilter


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdminMixin):
    list_display = ["created_at", "mark", "reason", who, "place"]
    list_filter = ["kind", "reason", ("created_at", DateRangeFilter)]
    search_help_text = _("User, conversation id or item id")
    searched = ("thread__id", "item_id")
    fields = ["mark", "reason", "comment", "user_name", "place", "item_id", "created_at"]

    @admin.display(description=_("feedback"), ordering="kind")
    def mark(self, row: Feedback) -> SafeString:
        return badge(row.kind, row.get_kind_display())

    @admin.display(description=_("answer"), ordering="thread_id")
    def place(self, row: Feedback) -> SafeString | str:
        """The conversation, opened at the answer that was marked."""
        return link_to_thread(row, row.item_id)

    @admin.display(description=_("user"))
    def user_name(self, row: Feedback) -> str:
        return who(row)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdminMixin):
    """What is known of uploads. The files themselves are served to their owner only.

    A file's name is its user's text, so that it is shown only to those who may read conversations.
    What was not sent is in no conversation that anybody could read: it may be for a temporary one.
    """

    list_display = ["created_at", "name", "mime_type", "bytes", who, workflow, thread_link]
    list_filter = [("mime_type", ValuesFilter), ("created_at", DateRangeFilter)]
    search_help_text = _("User, attachment id or conversation id")
    searched = ("id", "thread__id", "name")
    fields = [
        "own_id",
        "name",
        "mime_type",
        "bytes",
        "user_name",
        "workflow_id",
        "thread_id_link",
        "created_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attachment]:
        """Those that were sent, and not in temporary or deleted conversations: nobody else reads a
        word of those."""
        found: QuerySet[Attachment] = super().get_queryset(request)
        return found.filter(thread__temporary=False, thread__deleted_at=None)

    @admin.display(description=_("size"), ordering="size")
    def bytes(self, row: Attachment) -> str:
        return "-" if row.size is None else filesizeformat(row.size)

    @admin.display(description=_("conversation"))
    def thread_id_link(self, row: Attachment) -> SafeString | str:
        return thread_link(row)

    @admin.display(description=_("user"))
    def user_name(self, row: Attachment) -> str:
        return who(row)
