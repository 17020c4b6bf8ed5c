"""Starter prompts and message templates: the only records of ours that an admin may edit."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .. import workflows
from ..models import MessageTemplate, StarterPrompt
from .choosing import Choices, ChoosingAdmin
from .filters import ValuesFilter


class OfferedAdmin(ChoosingAdmin):
    """Texts for the readers of a language."""

    list_select_related = ["group"]
    list_editable = ["order", "active"]
    list_filter = ["active", ("language", ValuesFilter), "group"]

    def offered(self) -> dict[str, Choices]:
        return {"language": [("", _("Every language")), *settings.LANGUAGES]}


@admin.register(StarterPrompt)
class StarterPromptAdmin(OfferedAdmin):
    list_display = ["label", "prompt", "workflow_id", "language", "group", "order", "active"]
    list_filter = [*OfferedAdmin.list_filter, ("workflow_id", ValuesFilter)]
    search_fields = ["label", "prompt"]
    fields = ["label", "prompt", "icon", "workflow_id", "language", "group", "order", "active"]

    def offered(self) -> dict[str, Choices]:
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
