"""Shared links: who shows which conversation to others of the site, and until when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import access
from ..models import Share
from ..sharing import links
from . import private
from .base import WHO, ReadOnlyAdminMixin, badge, link_to_thread, moment, user_search_fields
from .filters import SHARE_STATES, DateRangeFilter, ShareStateFilter
from .recorded import tell

# As what their badges are drawn.
BADGES = {"works": "active", "revoked": "cancelled", "over": "expired"}


@admin.register(Share)
class ShareAdmin(ReadOnlyAdminMixin):
    """Of a link itself nobody has more than a hash, so that it can be ended here and not opened."""

    list_display = ["created_at", "person", "place", "state", "until", "opened"]
    list_filter = [ShareStateFilter, ("created_at", DateRangeFilter)]
    list_select_related = ["thread__user", "thread__visitor"]
    search_help_text = _("User or conversation id")
    ordering = ["-id"]  # that in which they were made, by an index
    fields = ["person", "place", "state", "created_at", "until", "revoked_at", "opened", "last"]
    actions = ["revoke_selected"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        names = [f"thread__{name}" for name in user_search_fields()] + ["thread__id"]
        return [name for name in names if not private.reaches_hidden(Share, name, request)]

    @admin.display(description=_("user"), ordering=f"thread__{WHO}")
    def person(self, row: Share) -> str:
        return access.owner_name(row.thread)

    @admin.display(description=_("conversation"), ordering="thread_id")
    def place(self, row: Share) -> SafeString | str:
        return link_to_thread(row.thread_id)

    @admin.display(description=_("status"))
    def state(self, row: Share) -> SafeString:
        state = _state(row)
        return badge(BADGES[state], SHARE_STATES[state])

    @admin.display(description=_("expires"), ordering="expires_at")
    def until(self, row: Share) -> str:
        return moment(row.expires_at)

    @admin.display(description=_("last opened"), ordering="last_opened_at")
    def last(self, row: Share) -> str:
        return moment(row.last_opened_at)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return access.has_perm(request.user, "chatkit.change_share")

    @admin.action(description=_("Take back selected links"), permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        chosen = queryset.count()
        done = 0
        for row in links.of_working(queryset):
            with transaction.atomic():
                now = timezone.now()
                # By their person meanwhile, or by somebody else: told once.
                if not Share.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=now):
                    continue
                self.log_change(request, row, gettext("Taken back."))
                before, after = {"revoked_at": None}, {"revoked_at": now}
                tell(request.user, row, before, after, name=row.thread_id)
            done += 1
        self._tell(request, done, chosen - done)

    def _tell(self, request: HttpRequest, done: int, over: int) -> None:
        if done:
            words = ngettext(
                "%(count)d link was taken back.", "%(count)d links were taken back.", done
            )
            messages.success(request, words % {"count": done})
        if over:
            words = ngettext(
                "%(count)d link led nowhere already.", "%(count)d links led nowhere already.", over
            )
            messages.info(request, words % {"count": over})


def _state(row: Any) -> str:
    if row.revoked_at is not None:
        return "revoked"
    gone = row.thread.deleted_at is not None or row.thread.temporary
    return "over" if gone or row.expires_at <= timezone.now() else "works"
