"""Rows whose changes are told to whoever keeps them: `chatkit.signals.row_changed`."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest

from ..signals import row_changed
from .base import ModelAdmin


def values_of(row: models.Model) -> dict[str, Any]:
    """What a row holds, by field, without its key."""
    fields = (field for field in row._meta.concrete_fields if not field.primary_key)
    return {field.name: field.value_from_object(row) for field in fields}


def tell(user: Any, row: models.Model, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Tell of a change, in the transaction that makes it; of none where nothing is different."""
    if before != after:
        row_changed.send(type(row), user=user, row=row, before=before, after=after)


class RecordedAdmin(ModelAdmin):
    """Tells who changed what, also from the list."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            before = values_of(self._stored(obj)) if change else {}
            super().save_model(request, obj, form, change)
            tell(request.user, obj, before, values_of(self._stored(obj)))

    def _stored(self, obj: models.Model) -> models.Model:
        """The row as the database has it, which is also how it writes numbers."""
        stored: models.Model = self.model._base_manager.get(pk=obj.pk)
        return stored

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        with transaction.atomic():
            tell(request.user, obj, values_of(obj), {})
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                tell(request.user, obj, values_of(obj), {})
            super().delete_queryset(request, queryset)
