"""The row of an answer that is to be reviewed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatkit.models import Feedback, Run


class Review(models.Model):
    """An answer that a reader or an operator found wanting: who looks after it, and what came of
    it. Its words stay in the conversation, and it goes with it."""

    class Source(models.TextChoices):
        DOWN = "down", _("Thumbs down")
        REPORTED = "reported", _("Told the editors")
        ADDED = "added", _("Added by an operator")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        MENDED = "mended", _("Mended")
        DISMISSED = "dismissed", _("Dismissed")

    run = models.OneToOneField(
        Run, on_delete=models.CASCADE, primary_key=True, related_name="chatkit_console_review"
    )
    source = models.CharField(_("source"), max_length=16, choices=Source)
    reason = models.CharField(
        _("reason"), max_length=16, choices=Feedback.Reason, blank=True, default=""
    )
    came_at = models.DateTimeField(_("came in"), default=timezone.now)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.OPEN)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    notes = models.TextField(_("notes"), max_length=2000, blank=True, default="")
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("marked by"),
    )
    marked_at = models.DateTimeField(_("marked"), null=True)

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes = [
            models.Index(fields=["status", "-came_at", "-run"], name="chatkit_console_queue"),
            models.Index(fields=["came_at", "reason", "status"], name="chatkit_console_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.pk}"
