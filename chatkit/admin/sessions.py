"""Session records: who started a chat and when, its status, and why one failed."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import access, sessions
from ..exceptions import ApiError
from ..hosted import causes, sunset
from ..models import Session
from .base import WHO, ReadOnlyAdminMixin, badge, moment, tell_count, who, workflow
from .export import session_csv
from .filters import CurrentStatusFilter, DateRangeFilter, PersonFilter, ValuesFilter

logger = logging.getLogger("chatkit.admin")
# How many refreshes are shown before and after a session; each is a link to its own page.
CHAIN = 10
# Failures in a row after which cancelling gives up: each may take a whole timeout.
GIVE_UP = 3


@admin.register(Session)
class SessionAdmin(ReadOnlyAdminMixin):
    list_display = ["started", "whose", "status_now", workflow, "issuer", "until"]
    list_filter = [
        CurrentStatusFilter,
        PersonFilter,
        "issuer",
        ("workflow_id", ValuesFilter),
        ("created_at", DateRangeFilter),
    ]
    actions = ["cancel_selected", "export_csv"]
    search_help_text = _("User, session id, error code or OpenAI's request id")
    searched = ("session_id", "error_code", "upstream_request_id", "visitor__id")

    def page_fieldsets(self, obj: Session | None) -> list[Any]:
        upstream = ["upstream_status", "upstream_request_id"]
        failed = bool(obj and obj.status == Session.Status.FAILED)
        facts = ["user_name", "workflow_id", "issuer", "status_now", "created_at"]
        labels = (_("Told by the browser"), {"fields": ["user_label", "device_label"]})
        if failed:
            why = ["cause", "fix", "error_code", *upstream]
            return [(_("What went wrong"), {"fields": why}), (None, {"fields": facts}), labels]
        facts = ["session_id", *facts, "expires_at", "chain"]
        hosted = bool(obj and obj.issuer == Session.Issuer.OPENAI)
        own = [(None, {"fields": facts}), labels]
        return (
            [*own, (_("OpenAI's answer"), {"fields": [*upstream, "imported_at"]})]
            if hosted
            else own
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        notice = sunset.notice() if request.method == "GET" else None
        if notice and self.has_view_permission(request):
            messages.warning(request, notice)
        return super().changelist_view(request, extra_context)

    # -- columns and fields -----------------------------------------------------------------

    @admin.display(description=_("created"), ordering="created_at")
    def started(self, row: Session) -> str:
        return moment(row.created_at)

    @admin.display(description=_("expires"), ordering="expires_at")
    def until(self, row: Session) -> str:
        return moment(row.expires_at, beside=row.created_at)

    @admin.display(description=_("status"), ordering="status")
    def status_now(self, row: Session) -> SafeString:
        status = Session.Status(row.current_status)
        if status != Session.Status.FAILED:
            return badge(status, status.label)
        return format_html(
            '{} <code class="chatkit-code">{}</code>', badge(status, status.label), row.error_code
        )

    @admin.display(description=_("user, client labels"), ordering=WHO)
    def whose(self, row: Session) -> SafeString | str:
        labels = " · ".join(label for label in (row.user_label, row.device_label) if label)
        if not labels:
            return who(row)
        return format_html('{} <span class="chatkit-below">{}</span>', who(row), labels)

    @admin.display(description=_("user"))
    def user_name(self, row: Session) -> str:
        return who(row)

    @admin.display(description=_("cause"))
    def cause(self, row: Session) -> str:
        return causes.explain(row.error_cause)[0]

    @admin.display(description=_("what to do"))
    def fix(self, row: Session) -> str:
        return causes.explain(row.error_cause, hosted=True)[1]

    @admin.display(description=_("refreshes"))
    def chain(self, row: Session) -> SafeString | str:
        """The sessions that this one came from and that came after it, oldest first."""
        lines = [
            (_link(link) if link.pk != row.pk else gettext("This session"),)
            for link in refresh_chain(row)
        ]
        if len(lines) == 1:
            return gettext("None: it neither replaced a session nor was it replaced.")
        return format_html(
            '<ol class="chatkit-chain">{}</ol>', format_html_join("", "<li>{}</li>", lines)
        )

    # -- actions ----------------------------------------------------------------------------

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return access.has_perm(request.user, "chatkit.cancel_session")

    @admin.action(description=_("Cancel selected sessions"), permissions=["cancel"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        chosen = queryset.count()
        live = list(queryset.filter(still_open()))
        done: list[Session] = []
        failures: Counter[str] = Counter()
        in_a_row = 0
        for row in live:
            try:
                sessions.cancel(row)
            except ApiError as error:
                failures[_why(error)] += 1
                in_a_row += 1
                if in_a_row == GIVE_UP:
                    break
            else:
                done.append(row)
                in_a_row = 0
        for row in done:
            self.log_change(request, row, gettext("Cancelled."))
        failed = failures.total()
        self._tell(request, done=len(done), over=chosen - len(live), failures=failures)
        untried = len(live) - len(done) - failed
        words = ngettext(
            "%(count)d more session was not tried.",
            "%(count)d more sessions were not tried.",
            untried,
        )
        tell_count(request, messages.ERROR, words, untried)

    def _tell(self, request: HttpRequest, *, done: int, over: int, failures: Counter[str]) -> None:
        words = ngettext(
            "%(count)d session was cancelled.", "%(count)d sessions were cancelled.", done
        )
        tell_count(request, messages.SUCCESS, words, done)
        words = ngettext(
            "%(count)d session was over already.", "%(count)d sessions were over already.", over
        )
        tell_count(request, messages.INFO, words, over)
        for why, count in failures.items():
            words = ngettext(
                "%(count)d session could not be cancelled: %(why)s",
                "%(count)d sessions could not be cancelled: %(why)s",
                count,
            )
            tell_count(request, messages.ERROR, words, count, why=why)

    @admin.action(description=_("Export selected sessions as CSV"), permissions=["view"])
    def export_csv(
        self, request: HttpRequest, queryset: QuerySet[Session]
    ) -> StreamingHttpResponse:
        return session_csv(request, queryset)


def refresh_chain(row: Session) -> list[Session]:
    """`row` with up to CHAIN sessions before and after it, oldest first; two queries."""
    near = Session.objects.for_owner(row).filter(workflow_id=row.workflow_id)
    before = list(near.filter(pk__lt=row.pk).order_by("-pk")[: CHAIN * 5])
    after = list(near.filter(pk__gt=row.pk).order_by("pk")[: CHAIN * 5])
    by_pk = {link.pk: link for link in before}
    chain = [row]
    while len(chain) <= CHAIN and (older := by_pk.get(chain[0].refreshed_from_id or 0)):
        chain.insert(0, older)
    last = row
    for link in after:
        if link.refreshed_from_id == last.pk and len(chain) <= 2 * CHAIN:
            chain.append(link)
            last = link
    return chain


def still_open() -> Q:
    """The sessions that can be cancelled: active ones, and refreshed ones of OpenAI, which stay
    valid there until they expire."""
    active = Q(status=Session.Status.ACTIVE)
    lingering = Q(status=Session.Status.REFRESHED, issuer=Session.Issuer.OPENAI)
    return (active | lingering) & Q(expires_at__gt=timezone.now())


def _why(error: ApiError) -> str:
    """The cause of a failure to cancel; the message of the error itself is meant for users."""
    upstream = error.__context__
    if isinstance(upstream, causes.UpstreamError):
        return causes.explain(upstream.cause.sentence)[0]
    return str(error.message)


def _link(row: Session) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>',
        reverse("admin:chatkit_session_change", args=[quote(row.pk)]),
        moment(row.created_at),
    )
