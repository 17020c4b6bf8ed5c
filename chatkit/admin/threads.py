"""Conversations: a list, and each one as a read-only transcript.

Users who may not read conversations see times, users and kinds of items, but no text: neither
the items' nor the title, which comes from the first question. Who may read opens the
conversation first, and each opening is logged.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote as url_quote

from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import Feedback, Run, Thread, ThreadItem
from ..transcripts import entries as transcript
from . import private, reading
from .base import (
    ReadOnlyAdminMixin,
    badge,
    moment,
    outcome_badge,
    who,
    workflow,
)
from .filters import (
    DateRangeFilter,
    FeedbackFilter,
    PersonFilter,
    ThreadOutcomeFilter,
    ThreadStatusFilter,
    ValuesFilter,
)

PER_PAGE = 100
STATUSES = {"active": _("Active"), "locked": _("Locked"), "closed": _("Closed")}


@admin.register(Thread)
class ThreadAdmin(ReadOnlyAdminMixin):
    list_display = [
        *("shown_title", "shown_id", who, workflow),
        *("items_count", "state", "latest_outcome", "used"),
    ]
    list_filter = [
        ThreadStatusFilter,
        PersonFilter,
        "source",
        ("workflow_id", ValuesFilter),
        ThreadOutcomeFilter,
        FeedbackFilter,
        ("updated_at", DateRangeFilter),
    ]
    search_help_text = _("User or id; also the title, for those who may read it")
    searched = ("id", "title", "visitor__id")
    change_form_template = "admin/chatkit/thread/change_form.html"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The title, and the id where the title may not be seen."""
        columns = super().get_list_display(request)
        return [name for name in columns if name != "shown_id" or "shown_title" not in columns]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thread]:
        # A subquery, since a join would count the items of all threads to show one page.
        items = ThreadItem.objects.filter(thread=OuterRef("pk")).order_by().values("thread")
        counted = items.annotate(count=Count("pk")).values("count")
        threads: QuerySet[Thread] = super().get_queryset(request)
        runs = Run.objects.filter(thread=OuterRef("pk")).order_by("-created_at", "-pk")
        return threads.annotate(
            item_count=Coalesce(Subquery(counted), 0),
            last_outcome=Subquery(runs.values("outcome")[:1]),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Thread], search_term: str
    ) -> tuple[QuerySet[Thread], bool]:
        """Without those that are being deleted: their titles could be guessed word by word."""
        found, doubled = super().get_search_results(request, queryset, search_term)
        return (found.filter(deleted_at=None) if search_term else found), doubled

    def page_fieldsets(self, obj: Thread | None) -> list[Any]:
        facts: list[Any] = ["title", "own_id", ("user_name", "workflow_id")]
        facts += [("source", "state", "items_count"), ("created_at", "updated_at")]
        if obj and obj.upstream_id:
            facts.append("upstream_id")
        if obj and obj.metadata:
            facts.append("metadata")
        return [(None, {"fields": facts})]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        thread = self.get_object(request, unquote(object_id))
        extra = dict(extra_context or {})
        if thread is not None and self.has_view_permission(request, thread):
            extra |= self.transcript(request, thread)
        return super().change_view(request, object_id, form_url, extra)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            reading.translate(response.context_data["action_list"])
        return response

    def transcript(self, request: HttpRequest, thread: Thread) -> dict[str, Any]:
        """One page of the conversation for the template, its text where it has been opened."""
        readable = private.may_read(request) and reading.is_kept(thread)
        opened = readable and reading.is_open(request, thread)
        page = items_page(thread, request)
        items = list(page.object_list)
        entry_of = transcript.read if opened else transcript.describe
        entries = [entry_of(item) for item in items]
        add_feedback(thread, entries)
        entries = transcript.merge(entries, runs_beside(thread, page, items))
        open_url = reverse("admin:chatkit_thread_open", args=[quote(thread.pk)])
        return {
            "entries": entries,
            "transcript_page": page,
            "pages": list(
                page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
            ),
            "elided": Paginator.ELLIPSIS,
            "readable": readable,
            "temporary": thread.temporary,
            "deleted": thread.deleted_at is not None,
            "opened": opened,
            "open_url": f"{open_url}?{request.GET.urlencode()}",
            "subtitle": thread.title if readable and thread.title else thread.pk,
            "wanted_item": request.GET.get("item", ""),
        }

    def get_urls(self) -> list[Any]:
        opening = path(
            "<path:object_id>/open/",
            self.admin_site.admin_view(self.open_view),
            name="chatkit_thread_open",
        )
        return [opening, *super().get_urls()]

    def open_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Opens the conversation for this reader, logs that, and leads back to its page."""
        thread = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, thread) or not private.may_read(request):
            raise PermissionDenied
        if thread is None or thread.deleted_at is not None:
            raise Http404
        if request.method == "POST":
            reading.open_and_log(request, thread)
        # Else the login page has led here, after which the button has to be pressed again.
        page = reverse("admin:chatkit_thread_change", args=[quote(thread.pk)])
        wanted = request.GET.get("item", "")
        return HttpResponseRedirect(
            f"{page}?{request.GET.urlencode()}" + (f"#item-{url_quote(wanted)}" if wanted else "")
        )

    # -- columns and fields -----------------------------------------------------------------

    @private.shows("title")
    @admin.display(description=_("title"), ordering="title")
    def shown_title(self, row: Thread) -> SafeString | str:
        if row.deleted_at is not None:
            return self.shown_id(row)
        return with_source(row, row.title or str(_("Untitled")))

    @admin.display(description=_("id"), ordering="id")
    def shown_id(self, row: Thread) -> SafeString | str:
        return with_source(row, row.pk)

    @admin.display(description=_("last used"), ordering="updated_at")
    def used(self, row: Thread) -> str:
        return moment(row.updated_at)

    @admin.display(description=_("user"))
    def user_name(self, row: Thread) -> str:
        return who(row)

    @admin.display(description=_("items"))
    def items_count(self, row: Thread) -> int:
        return int(getattr(row, "item_count", 0))

    @admin.display(description=_("latest outcome"))
    def latest_outcome(self, row: Thread) -> SafeString | str:
        return outcome_badge(getattr(row, "last_outcome", None) or "")

    @admin.display(description=_("status"))
    def state(self, row: Thread) -> SafeString:
        if row.deleted_at is not None:
            return badge("closed", _("Deleting"))
        kind = row.status.get("type", "active") if isinstance(row.status, dict) else "active"
        return badge(kind, STATUSES.get(kind, kind))


def with_source(row: Thread, name: str) -> SafeString | str:
    """The name with a mark where the conversation did not begin in the chat."""
    told = _("Temporary") if row.temporary else row.get_source_display()
    if row.source == Thread.Source.CHAT and not row.temporary:
        return name
    return format_html('{} <span class="chatkit-below">{}</span>', name, told)


def items_page(thread: Thread, request: HttpRequest) -> Page[ThreadItem]:
    """The page that `?page=` names, or the one with the item that `?item=` names."""
    paginator = Paginator(thread.items.order_by("sequence"), PER_PAGE)
    if wanted := request.GET.get("item", "").replace("\0", ""):
        found = thread.items.filter(item_id=wanted).values_list("sequence", flat=True).first()
        if found is not None:
            before = thread.items.filter(sequence__lt=found).count()
            return paginator.get_page(before // PER_PAGE + 1)
    return paginator.get_page(request.GET.get("page"))


def add_feedback(thread: Thread, entries: list[transcript.Entry]) -> None:
    """Add the feedback to the entries that it was given on."""
    by_id = {entry.item_id: entry for entry in entries}
    marks = Feedback.objects.filter(thread=thread, item_id__in=list(by_id))
    for mark in marks.select_related("user").order_by("pk"):
        by_id[mark.item_id].feedback.append(mark)


def runs_beside(thread: Thread, page: Page[ThreadItem], items: list[ThreadItem]) -> list[Run]:
    """The runs that ended between the first item of this page and that of the next."""
    runs = thread.runs.annotate(at=Coalesce("ended_at", "created_at")).order_by("at", "pk")
    if page.has_previous() and items:
        runs = runs.filter(at__gte=items[0].created_at)
    if page.has_next() and items:
        after = thread.items.filter(sequence__gt=items[-1].sequence).order_by("sequence").first()
        runs = runs.exclude(status=Run.Status.RUNNING)
        if after is not None:
            runs = runs.filter(at__lt=after.created_at)
    return list(runs)
