"""Starter prompts and message templates: the only records of ours that an admin may edit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Field
from django.forms import ChoiceField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .. import workflows
from ..models import MessageTemplate, StarterPrompt
from .base import SELECT
from .filters import ValuesFilter
from .recorded import RecordedAdmin


class OfferedAdmin(RecordedAdmin):
    """Texts for the readers of a language."""

    list_select_related = ["group"]
    list_editable = ["order", "active"]
    list_filter = ["active", ("language", ValuesFilter), "group"]

    def offered(self) -> dict[str, list[tuple[str, Any]]]:
        """What may be chosen, by the name of a field that holds a code."""
        return {"language": [("", _("Every language")), *settings.LANGUAGES]}

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer what the site has instead of a field for a code."""
        if choices := self.offered().get(db_field.name):
            return ChoiceField(
                choices=choices,
                required=False,
                widget=SELECT,
                label=capfirst(db_field.verbose_name),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(StarterPrompt)
class StarterPromptAdmin(OfferedAdmin):
    list_display = ["label", "prompt", "workflow_id", "language", "group", "order", "active"]
    list_filter = [*OfferedAdmin.list_filter, ("workflow_id", ValuesFilter)]
    search_fields = ["label", "prompt"]
    fields = ["label", "prompt", "icon", "workflow_id", "language", "group", "order", "active"]

    def offered(self) -> dict[str, list[tuple[str, Any]]]:
        table = workflows.table().values()
        own = [("", _("Every workflow")), *((one.id, one.title) for one in table)]
        return super().offered() | {"workflow_id": own}


@admin.register(MessageTemplate)
class MessageTemplateAdmin(OfferedAdmin):
    list_display = ["label", "text", "language", "group", "uses", "order", "active"]
    search_fields = ["label", "text"]
    fields = [
        *("label", "text", "icon", "language", "group", "start_screen", "order", "active", "uses"),
    ]
    readonly_fields = ["uses"]
