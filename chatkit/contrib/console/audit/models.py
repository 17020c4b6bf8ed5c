"""Who read or took away what people wrote."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reading(models.Model):
    """Somebody opened, searched or exported. It outlives the conversation and the reader, whose
    name stays."""

    class Action(models.TextChoices):
        OPENED = "opened", _("Opened")
        SEARCHED = "searched", _("Searched")
        EXPORTED = "exported", _("Exported")

    at = models.DateTimeField(default=timezone.now, db_index=True)
    # None for a command of the server.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    user_name = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=8, choices=Action)
    # Whose data it was, None where it was that of several.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    thread_id = models.CharField(max_length=64, blank=True)
    what = models.CharField(max_length=32, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.action} {self.thread_id or self.what}"
