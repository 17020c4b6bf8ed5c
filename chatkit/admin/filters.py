"""Filters that Django's admin lacks: by the current status, and by a range of dates."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, Field, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import visitors
from ..models import Feedback, Run, Session, Share, Thread, ToolCall, Visitor

Choices = list[tuple[str, Any]]


class PersonFilter(admin.SimpleListFilter):
    """Rows of users, or of visitors; where there may be some."""

    title = _("person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        if not visitors.is_used() and not Visitor.objects.exists():
            return []
        return [("users", _("Users")), ("visitors", _("Visitors"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("users", "visitors"):
            return queryset
        return queryset.filter(visitor__isnull=self.value() == "users")


class CurrentStatusFilter(admin.SimpleListFilter):
    """A session's status now: an active row whose time has run out counts as expired."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return list(Session.Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        value = self.value()
        if value is None:
            return queryset
        ran_out = Q(status=Session.Status.ACTIVE, expires_at__lte=timezone.now())
        if value == Session.Status.EXPIRED:
            return queryset.filter(Q(status=value) | ran_out)
        if value == Session.Status.ACTIVE:
            # Not exclude(): NOT of a comparison with NULL would drop rows without an end.
            return queryset.filter(
                Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()), status=value
            )
        return queryset.filter(status=value)


class CallStatusFilter(admin.SimpleListFilter):
    """A tool call's status now: a card that has waited for its hour counts as expired."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return list(ToolCall.Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        overdue = ToolCall.objects.overdue().values("pk")
        if value == ToolCall.Status.EXPIRED:
            return queryset.filter(Q(status=value) | Q(pk__in=overdue))
        if value == ToolCall.Status.WAITING:
            return queryset.filter(status=value).exclude(pk__in=overdue)
        return queryset.filter(status=value)


class ShareStateFilter(admin.SimpleListFilter):
    """Shared links by their state now."""

    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return list(Share.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(state_now=self.value())


class ThreadStatusFilter(admin.SimpleListFilter):
    """A conversation's status, which the SDK keeps as `{"type": ...}`."""

    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [("active", _("Active")), ("locked", _("Locked")), ("closed", _("Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Thread]) -> QuerySet[Thread]:
        return queryset.filter(status__type=self.value()) if self.value() else queryset


class FeedbackFilter(admin.SimpleListFilter):
    """Conversations in which somebody marked an answer."""

    title = _("feedback")
    parameter_name = "feedback"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return list(Feedback.Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Thread]) -> QuerySet[Thread]:
        if not self.value():
            return queryset
        marks = Feedback.objects.filter(thread=OuterRef("pk"), kind=self.value())
        return queryset.filter(Exists(marks))


class OutcomeFilter(admin.SimpleListFilter):
    """What became of the question, or whether it stays open, whichever way."""

    title = _("outcome")
    parameter_name = "outcome"
    UNANSWERED = "unanswered"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [*Run.Outcome.choices, (self.UNANSWERED, _("Not found, or negative feedback"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else self.chosen(queryset)

    def chosen(self, runs: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the runs that have the chosen outcome."""
        if self.value() == self.UNANSWERED:
            return runs.unanswered()  # type: ignore[attr-defined, no-any-return]
        if self.value() not in Run.Outcome.values:
            return runs.none()
        return runs.filter(outcome=self.value())


class ThreadOutcomeFilter(OutcomeFilter):
    """Conversations that have such a run."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(pk__in=self.chosen(Run.objects.order_by()).values("thread"))


LATEST = 2_000  # rows whose values are offered, of records


class ValuesFilter(admin.AllValuesFieldListFilter):
    """Every value that occurs; the empty one is shown as “None”, since a link needs a text. Of
    records, which may be a million, those of the latest rows, and what is chosen."""

    def __init__(
        self,
        field: Field[Any, Any],
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
        field_path: str,
    ) -> None:
        chosen = params.get(field_path, [])
        super().__init__(field, request, params, model, model_admin, field_path)
        ordering = [str(name) for name in model._meta.ordering or ()]
        if ordering and ordering[0].startswith("-"):
            rows = model_admin.get_queryset(request).order_by(*ordering)[:LATEST]
            found = {*rows.values_list(field.name, flat=True), *chosen}
            shown: Any = sorted(found, key=lambda value: (value is None, str(value)))
            self.lookup_choices = shown

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield choice if choice["display"] else {**choice, "display": _("None")}


class DateRangeFilter(admin.DateFieldListFilter):
    """Django's links (today, past 7 days, …), and a form with a first and a last day.

    `date_hierarchy` would be simpler, but fails on MariaDB without time zone tables.
    """

    template = "admin/chatkit/date_range_filter.html"

    def __init__(
        self,
        field: Field[Any, Any],
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
        field_path: str,
    ) -> None:
        self.first_kwarg = f"{field_path}__from"
        self.last_kwarg = f"{field_path}__to"
        self.first = request.GET.get(self.first_kwarg, "")
        self.last = request.GET.get(self.last_kwarg, "")
        # The page's other filters, which the form sends along.
        self.kept: list[tuple[str, str]] = []
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[str | None]:
        return [*super().expected_parameters(), self.first_kwarg, self.last_kwarg]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        self.kept = [
            (name, value)
            for name, values in changelist.filter_params.items()
            for value in values
            if not name.startswith(self.field_generic)
        ]
        return super().choices(changelist)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        for name in (self.first_kwarg, self.last_kwarg):
            self.used_parameters.pop(name, None)
        found = super().queryset(request, queryset)
        assert found is not None
        if self.first:
            found = found.filter(**{f"{self.field_path}__gte": _start_of(self.first)})
        if self.last:
            found = found.filter(**{f"{self.field_path}__lt": _start_of(self.last, later=1)})
        return found


def _start_of(text: str, *, later: int = 0) -> datetime.datetime:
    """Midnight, in the current time zone, of the ISO date `text` or `later` days after it."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise IncorrectLookupParameters(error) from None
    if not 1900 <= day.year <= 9000:  # outside of this, time zone conversion overflows
        raise IncorrectLookupParameters(text)
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=later), datetime.time.min)
    return timezone.make_aware(midnight) if timezone.is_aware(timezone.now()) else midnight
