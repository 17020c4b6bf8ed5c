"""Rows whose changes are told to whoever keeps them: `chatkit.signals.row_changed`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse

from ..signals import row_changed
from .base import ModelAdmin

# In place of words that people wrote: that there are some, and that they are others now.
WITHHELD, OTHERS = "…", "……"


def values_of(row: models.Model) -> dict[str, Any]:
    """What a row holds, by field, without its key."""
    fields = (field for field in row._meta.concrete_fields if not field.primary_key)
    return {field.name: field.value_from_object(row) for field in fields}


def tell(
    user: Any,
    row: models.Model,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    withheld: Iterable[str] = (),
    name: str = "",
) -> None:
    """Tell of a change, in the transaction that makes it; of none where nothing is different.

    `withheld` are fields of words that people wrote, of which is told that they were changed and
    not to what; `name` is what the row is called, where its own name would be such words. `user`
    is None for a command of the server.
    """
    if before == after:
        return
    before, after = dict(before), dict(after)
    for field in withheld:
        changed = bool(before.get(field)) and before.get(field) != after.get(field)
        for side, instead in ((before, WITHHELD), (after, OTHERS if changed else WITHHELD)):
            if side.get(field):
                side[field] = instead
    row_changed.send(type(row), user=user, row=row, before=before, after=after, name=name)


class RecordedAdmin(ModelAdmin):
    """Tells who changed what, also from the list. What people wrote is in the fields `withheld`."""

    withheld: tuple[str, ...] = ()

    def told_as(self, obj: Any) -> str:
        """What a row is called, "" for its own name."""
        return ""

    def values(self, obj: Any) -> dict[str, Any]:
        """What is told of a row."""
        return values_of(obj)

    def tell(self, request: HttpRequest, obj: Any, before: Any, after: Any) -> None:
        name = self.told_as(obj)
        tell(request.user, obj, before, after, withheld=self.withheld, name=name)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What somebody else has taken between the form's look and its save, such as a name that
        there is once, is there at a second look: the form says so, and keeps what was written."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            before = self.values(self._stored(obj)) if change else {}
            super().save_model(request, obj, form, change)
            self.tell(request, obj, before, self.values(self._stored(obj)))

    def _stored(self, obj: models.Model) -> models.Model:
        """The row as the database has it, which is also how it writes numbers."""
        stored: models.Model = self.model._base_manager.get(pk=obj.pk)
        return stored

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        with transaction.atomic():
            self.tell(request, obj, self.values(obj), {})
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                self.tell(request, obj, self.values(obj), {})
            super().delete_queryset(request, queryset)
