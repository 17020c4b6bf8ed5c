"""Shared links: who shows which conversation to others of the site, and until when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import access
from ..models import Share
from ..sharing import links
from .base import WHO, ReadOnlyAdminMixin, badge, link_to_thread, moment, tell_count
from .filters import DateRangeFilter, ShareStateFilter
from .recorded import tell

# As what their badges are drawn.
BADGES = {
    Share.State.WORKS: "active",
    Share.State.REVOKED: "cancelled",
    Share.State.OVER: "expired",
}


@admin.register(Share)
class ShareAdmin(ReadOnlyAdminMixin):
    """Of a link itself nobody has more than a hash, so that it can be ended here and not opened."""

    list_display = ["created_at", "person", "place", "state", "until", "opened"]
    list_filter = [ShareStateFilter, ("created_at", DateRangeFilter)]
    list_select_related = ["thread__user", "thread__visitor"]
    search_help_text = _("User or conversation id")
    owner = "thread__"
    searched = ("thread__id",)
    ordering = ["-id"]  # that in which they were made, by an index
    fields = ["person", "place", "state", "created_at", "until", "revoked_at", "opened", "last"]
    actions = ["revoke_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: Any = super().get_queryset(request)
        rows: QuerySet[Any] = found.with_state()
        return rows

    @admin.display(description=_("user"), ordering=f"thread__{WHO}")
    def person(self, row: Share) -> str:
        return access.owner_name(row.thread)

    @admin.display(description=_("conversation"), ordering="thread_id")
    def place(self, row: Share) -> SafeString | str:
        return link_to_thread(row)

    @admin.display(description=_("status"))
    def state(self, row: Any) -> SafeString:
        return badge(BADGES[row.state_now], Share.State(row.state_now).label)

    @admin.display(description=_("expires"), ordering="expires_at")
    def until(self, row: Share) -> str:
        return moment(row.expires_at)

    @admin.display(description=_("last opened"), ordering="last_opened_at")
    def last(self, row: Share) -> str:
        return moment(row.last_opened_at)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return access.has_perm(request.user, "chatkit.change_share")

    @admin.action(description=_("Take back selected links"), permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = queryset.count()
        done = 0
        for row in queryset.filter(state_now=Share.State.WORKS):
            with transaction.atomic():
                ended = links.end(Share.objects.all(), row.pk, f"user={request.user.pk}")
                if ended is None:  # by somebody else meanwhile: told once
                    continue
                self.log_change(request, row, gettext("Taken back."))
                before, after = {"revoked_at": None}, {"revoked_at": ended}
                tell(request.user, row, before, after, name=row.thread_id)
            done += 1
        over = chosen - done
        words = ngettext("%(count)d link was taken back.", "%(count)d links were taken back.", done)
        tell_count(request, messages.SUCCESS, words, done)
        words = ngettext(
            "%(count)d link led nowhere already.", "%(count)d links led nowhere already.", over
        )
        tell_count(request, messages.INFO, words, over)
