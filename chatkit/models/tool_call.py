"""What assistants have called."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..fields import ExactCharField
from ..managers import ToolCallQuerySet
from .conversation import Thread
from .ids import new_tool_call_id
from .owned import Owned, delete_along, one_owner
from .run import Run


class ToolCall(Owned):
    """One call of a tool by an assistant: for whom, with which arguments and which outcome.

    A call that waits for confirmation can be taken once, by its id.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for confirmation")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        REFUSED = "refused", _("Refused")
        UNFIT = "unfit", _("Arguments did not fit")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    id = ExactCharField(primary_key=True, max_length=64, default=new_tool_call_id, editable=False)
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="tool_calls", verbose_name=_("conversation")
    )
    run = models.ForeignKey(
        Run,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tool_calls",
        verbose_name=_("run"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=delete_along,
        null=True,
        blank=True,
        related_name="chatkit_tool_calls",
        verbose_name=_("user"),
    )
    tool = models.CharField(_("tool"), max_length=64)
    arguments = models.JSONField(_("arguments"), default=dict, blank=True)
    # Of a call that waits: the arguments unmasked; removed once the user has decided.
    held = models.JSONField(null=True, blank=True, editable=False)
    item_id = ExactCharField(_("item id"), max_length=128, blank=True)
    status = models.CharField(_("status"), max_length=16, choices=Status)
    outcome = models.CharField(_("outcome"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("called"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = ToolCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("tool call")
        verbose_name_plural = _("tool calls")
        ordering = ["-created_at", "-id"]
        constraints = [one_owner("toolcall")]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="chatkit_toolcall_created"),
            models.Index(fields=["status", "created_at"], name="chatkit_toolcall_open"),
            # Answers counts by itself.
            models.Index(fields=["created_at", "tool", "status"], name="chatkit_toolcall_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.id}"

    @property
    def current_status(self) -> str:
        """The status now: a call that has waited for its hour reads `expired`."""
        if self.status != self.Status.WAITING:
            return self.status
        return self.Status.EXPIRED if self.waits_until <= timezone.now() else self.status

    @property
    def waits_until(self) -> datetime.datetime:
        """When a call that waits for confirmation expires."""
        return self.created_at + ToolCallQuerySet.WAITS
