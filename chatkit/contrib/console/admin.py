"""The admin of budgets and of the offline switch. Each change is kept as a `Change`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Field, Model, QuerySet
from django.forms import ChoiceField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from chatkit import workflows
from chatkit.admin.base import SELECT, ModelAdmin

from .budgets.models import Budget
from .budgets.words import per_span, whom
from .changes import record, values_of
from .switch import Switch


class RecordedAdmin(ModelAdmin):
    """Keeps who changed what, also from the list."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            before = values_of(self._stored(obj)) if change else {}
            super().save_model(request, obj, form, change)
            record(request.user, obj, before, values_of(self._stored(obj)))

    def _stored(self, obj: Model) -> Model:
        """The row as the database has it, which is also how it writes numbers."""
        stored: Model = self.model._base_manager.get(pk=obj.pk)
        return stored

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        with transaction.atomic():
            record(request.user, obj, values_of(obj), {})
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                record(request.user, obj, values_of(obj), {})
            super().delete_queryset(request, queryset)

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer the site's workflows instead of a field for an id."""
        if db_field.name != "workflow_id":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        choices = [("", self.every_workflow), *((name, name) for name in workflows.table())]
        return ChoiceField(
            choices=choices,
            required=False,
            widget=SELECT,
            label=capfirst(db_field.verbose_name),
        )

    every_workflow: Any = ""


@admin.register(Budget)
class BudgetAdmin(RecordedAdmin):
    every_workflow = _("Every workflow")
    list_display = ["concerns", "allows", "active"]
    list_filter = ["active", "unit", "span"]
    list_select_related = ["user", "group"]
    raw_id_fields = ["user"]
    fields = [
        "user",
        "group",
        "workflow_id",
        "each_person",
        "amount",
        "unit",
        "span",
        "active",
    ]

    @admin.display(description=_("concerns"))
    def concerns(self, row: Budget) -> str:
        return whom(row)

    @admin.display(description=_("allows"), ordering="amount")
    def allows(self, row: Budget) -> str:
        return per_span(row)


@admin.register(Switch)
class SwitchAdmin(RecordedAdmin):
    every_workflow = _("Whole site")
    list_display = ["__str__", "offline", "notice"]
    list_editable = ["offline"]
    fields = ["workflow_id", "offline", "notice"]
