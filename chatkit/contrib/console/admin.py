"""The admin of budgets and of the offline switch. Each change is kept as a `Change`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chatkit import workflows
from chatkit.admin.choosing import Choices, ChoosingAdmin

from .budgets.models import Budget
from .budgets.words import per_span, whom
from .switch import Switch


class WorkflowAdmin(ChoosingAdmin):
    """Of rows that concern one workflow, or all."""

    every_workflow: Any = ""

    def offered(self) -> dict[str, Choices]:
        table = [(name, name) for name in workflows.table()]
        return {"workflow_id": [("", self.every_workflow), *table]}


@admin.register(Budget)
class BudgetAdmin(WorkflowAdmin):
    every_workflow = _("Every workflow")
    list_display = ["concerns", "allows", "active"]
    list_filter = ["active", "unit", "span"]
    list_select_related = ["user", "group"]
    raw_id_fields = ["user"]
    fields = [
        "user",
        "group",
        "visitors",
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
class SwitchAdmin(WorkflowAdmin):
    every_workflow = _("Whole site")
    list_display = ["__str__", "offline", "notice"]
    list_editable = ["offline"]
    fields = ["workflow_id", "offline", "notice"]
