"""The switch that takes the assistant offline: its rows, and the gate that reads them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatkit import access
from chatkit.admission import Gate
from chatkit.exceptions import ApiError
from chatkit.statements import Select

PERMISSION = "chatkit_console.use_offline"


class Switch(models.Model):
    """Whether the assistant is offline, on the whole site or for one workflow, and what people
    read meanwhile."""

    workflow_id = models.CharField(
        _("workflow"),
        max_length=128,
        blank=True,
        unique=True,
        help_text=_("Empty: the whole site."),
    )
    offline = models.BooleanField(
        _("offline"),
        default=True,
        help_text=_("It takes no questions, at once. Answers that are being written go on."),
    )
    notice = models.TextField(
        _("notice"),
        max_length=500,
        blank=True,
        help_text=_("What people read meanwhile. Empty: a sentence in their language."),
    )

    class Meta:
        verbose_name = _("offline switch")
        verbose_name_plural = _("offline switches")
        ordering = ["workflow_id"]
        permissions = [("use_offline", _("Can use the assistant while it is offline"))]

    def __str__(self) -> str:
        return self.workflow_id or str(_("Whole site"))


class SwitchGate(Gate):
    """Closes the assistant where a switch says so: one query."""

    def check_open(self, user: Any, workflow_id: str) -> None:
        found = next(iter(_offline(workflow_id)), None)
        if found is not None and not access.has_perm(user, PERMISSION):
            raise ApiError("offline", found.strip() or None)


# The site's first: where both are offline, its notice is the one that is shown.
_offline = Select(
    lambda workflow_id: (
        Switch.objects.filter(workflow_id__in=("", workflow_id), offline=True)
        .order_by("workflow_id")
        .values_list("notice", flat=True)[:1]
    )
)
SWITCHES = SwitchGate()
