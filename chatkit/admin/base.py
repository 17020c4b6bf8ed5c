"""What our admin pages share: records can be viewed, and not changed.

Where the site uses django-unfold, our pages use its classes, too.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as url_quote
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db import models
from django.forms import Select, Textarea, TextInput
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .. import access
from ..fields import local_time
from ..models import Run
from . import private

UNFOLD = apps.is_installed("unfold")
STYLES = ["chatkit/admin.css", "chatkit/admin-unfold.css"] if UNFOLD else ["chatkit/admin.css"]
# The widgets of the fields that our forms declare themselves.
SELECT: type[Select] = Select
TEXT_INPUT: type[TextInput] = AdminTextInputWidget
TEXTAREA: type[Textarea] = AdminTextareaWidget

if TYPE_CHECKING:
    from ..models import Attachment, Feedback, Session, Thread, ToolCall

    ModelAdmin = admin.ModelAdmin[Any]
    Pages = Paginator[Any]
elif UNFOLD:
    from unfold.admin import ModelAdmin
    from unfold.widgets import (
        UnfoldAdminSelectWidget,
        UnfoldAdminTextareaWidget,
        UnfoldAdminTextInputWidget,
    )

    SELECT = UnfoldAdminSelectWidget
    TEXT_INPUT = UnfoldAdminTextInputWidget
    TEXTAREA = UnfoldAdminTextareaWidget
else:
    ModelAdmin = admin.ModelAdmin

if not TYPE_CHECKING:
    Pages = Paginator

# The field by which lists of users are sorted: the login name.
WHO = f"user__{get_user_model().USERNAME_FIELD}"


MOST = 50_000  # rows of a list: to count a million takes the database half a second


class FirstRows(Pages):
    """The first rows of a list, which is all of nearly every one. Who looks for others filters."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST)

    @property
    def is_cut(self) -> bool:
        """Whether there are more."""
        return self._counted > MOST

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST + 1].count())


class ReadersRows(ChangeList):
    """A list whose rows know who looks at them: columns are not told otherwise."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        for row in self.result_list:
            row.chatkit_reader = request.user


class ReaderAdmin(ModelAdmin):
    """Its rows know who looks at them, so that they lead to no page that would refuse that reader:
    see `may_follow`."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return type("ReadersRows", (ReadersRows, super().get_changelist(request, **kwargs)), {})

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        row: Any = super().get_object(request, object_id, from_field)
        if row is not None:
            row.chatkit_reader = request.user
        return row


class ReadOnlyAdminMixin(ReaderAdmin):
    """Rows that the app itself writes. The admin shows them; only `chatkit_prune` deletes them."""

    list_per_page = 50
    paginator = FirstRows
    # Otherwise each list counts the whole table a second time.
    show_full_result_count = False
    list_select_related = ["user"]

    # What leads to the row that has a user, "" where it is this one.
    owner = ""
    # What is searched besides users.
    searched: tuple[str, ...] = ()

    class Media:
        css = {"all": STYLES}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Title the list with the model's name: Django's “Select … to view” does not fit here."""
        title = {"title": capfirst(str(self.opts.verbose_name_plural))}
        return super().changelist_view(request, title | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Not on our own pages. Where another page deletes a user, these rows are deleted with
        the user, so there the usual permission decides."""
        match = request.resolver_match
        if match is None or (match.url_name or "").startswith(f"{self.opts.app_label}_"):
            return False
        return super().has_delete_permission(request, obj)

    @admin.display(description=_("id"))
    def own_id(self, row: models.Model) -> str:
        """Not `id` itself, whose name is a column's and in no language."""
        return str(row.pk)

    # -- without what is private, of what `list_display` and `page_fieldsets` name -----------

    def page_fieldsets(self, obj: Any) -> list[Any]:
        """The fieldsets of the page of `obj`, private fields included."""
        return list(self.fieldsets or [(None, {"fields": self.fields or []})])

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        shown = []
        for title, options in self.page_fieldsets(obj):
            if fields := private.without_hidden(self, options["fields"], request, obj):
                shown.append((title, {**options, "fields": fields}))
        return shown

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return private.without_hidden(self, self.list_display, request)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        names = [*(f"{self.owner}{name}" for name in user_search_fields()), *self.searched]
        return [name for name in names if not private.reaches_hidden(self.model, name, request)]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        if private.reaches_hidden(self.model, lookup, request):
            return False
        return super().lookup_allowed(lookup, value, request)


def user_search_fields() -> list[str]:
    """The fields by which the admin searches for users, whichever user model the site has."""
    model = get_user_model()
    names = dict.fromkeys([model.USERNAME_FIELD, getattr(model, "EMAIL_FIELD", "email")])
    return [f"user__{name}" for name in names if _is_text_field(model, name)]


def _is_text_field(model: type[models.Model], name: str) -> bool:
    try:
        return isinstance(model._meta.get_field(name), models.CharField | models.TextField)
    except FieldDoesNotExist:
        return False


@admin.display(description=_("user"), ordering=WHO)
def who(row: Session | Thread | Run | Feedback | Attachment | ToolCall) -> str:
    """The user's login name: `str(user)` is the site's and may be anything; or which visitor."""
    return access.owner_name(row)


@admin.display(description=_("workflow"), ordering="workflow_id")
def workflow(row: Session | Thread | Attachment) -> SafeString | str:
    """The workflow's id, shortened in the middle where it is long."""
    name: str = row.workflow_id
    if len(name) <= 16:
        return name
    return format_html('<span title="{}">{}…{}</span>', name, name[:7], name[-4:])


@admin.display(description=_("conversation"), ordering="thread_id")
def thread_link(row: Run | Attachment | ToolCall) -> SafeString | str:
    """The conversation's id (its title is text that not everyone may read), as a link."""
    return link_to_thread(row)


def may_follow(row: Any, model: str) -> bool:
    """Whether who looks at the row may see those of another model (`app.model`), to which it would
    link. Not where nobody is known to look."""
    reader = getattr(row, "chatkit_reader", None)
    app, name = model.split(".")
    return any(access.has_perm(reader, f"{app}.{act}_{name}") for act in ("view", "change"))


def linked(row: Any, model: str, url: str, text: object) -> SafeString | str:
    """A text that leads to a page of another model, for who may see it there."""
    if not may_follow(row, model):
        return str(text)
    return format_html('<a href="{}">{}</a>', url, text)


def link_to_thread(row: Any, item_id: str = "") -> SafeString | str:
    """The conversation of a row, at an item; its id alone for who may not see conversations."""
    thread_id: str = row.thread_id or ""
    if not thread_id:
        return "-"
    short = f"{thread_id[:10]}…" if len(thread_id) > 12 else thread_id
    if not may_follow(row, "chatkit.thread"):
        return format_html('<span title="{}">{}</span>', thread_id, short)
    url = reverse("admin:chatkit_thread_change", args=[quote(thread_id)])
    if item_id:
        query = urlencode({"item": item_id})
        url = f"{url}?{query}#item-{url_quote(item_id)}"
    return format_html('<a href="{}" title="{}">{}</a>', url, thread_id, short)


def moment(at: datetime.datetime | None, *, beside: datetime.datetime | None = None) -> str:
    """A date and a time; the time alone where `beside` is on the same day."""
    if at is None:
        return "-"
    at, beside = local_time(at), local_time(beside) if beside else None
    same_day = beside is not None and at.date() == beside.date()
    if same_day:
        return date_format(at, "TIME_FORMAT").replace(" ", "\N{NO-BREAK SPACE}")
    return date_format(at, "SHORT_DATETIME_FORMAT")


def outcome_badge(outcome: str) -> SafeString | str:
    """A run's outcome; "-" while there is none."""
    labels: dict[str, Any] = dict(Run.Outcome.choices)
    return badge(outcome, labels[outcome]) if outcome in labels else "-"


def tell_count(request: HttpRequest, level: int, words: str, count: int, **more: object) -> None:
    """Say these words, which name a count, unless there was nothing to count."""
    if count:
        messages.add_message(request, level, words % {"count": count, **more})


def badge(value: str, label: object) -> SafeString:
    """A status as a word with a dot of its colour."""
    return format_html(
        '<span class="chatkit-status chatkit-status--{}">{}</span>', value, str(label)
    )
