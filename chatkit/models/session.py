"""Sessions: who may talk to which workflow, until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..fields import ExactCharField
from ..managers import OwnerQuerySet
from .owned import Owned, delete_along, one_owner


class Session(Owned):
    """One chat session of a user or a visitor with one workflow, or one failed attempt to start
    one.

    The client secret is never stored: ours is a signature over `session_id`, and OpenAI's is
    only passed on.
    """

    class Issuer(models.TextChoices):
        SELF = "self", _("This site")
        OPENAI = "openai", _("OpenAI")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        REFRESHED = "refreshed", _("Refreshed")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=delete_along,
        null=True,
        blank=True,
        related_name="chatkit_sessions",
        verbose_name=_("user"),
    )
    workflow_id = models.CharField(_("workflow"), max_length=128)
    session_id = ExactCharField(_("session id"), max_length=128, unique=True, null=True, blank=True)
    issuer = models.CharField(_("answered by"), max_length=16, choices=Issuer)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.ACTIVE)
    refreshed_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="refreshed_by",
        verbose_name=_("refreshed from"),
    )
    user_label = models.CharField(
        _("client's user label"),
        max_length=128,
        blank=True,
        help_text=_("What the client sent as userId. A label, never proof of identity."),
    )
    device_label = models.CharField(
        _("client's device label"),
        max_length=128,
        blank=True,
        help_text=_("What the client sent as deviceId. A label, never proof of identity."),
    )
    auth_hash = models.CharField(max_length=128, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    error_code = models.CharField(_("error code"), max_length=64, blank=True)
    error_cause = models.CharField(_("cause"), max_length=255, blank=True)
    upstream_status = models.PositiveSmallIntegerField(_("OpenAI's status"), null=True, blank=True)
    upstream_request_id = models.CharField(_("OpenAI's request id"), max_length=128, blank=True)
    imported_at = models.DateTimeField(
        _("imported"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When all conversations of its user at OpenAI were last read from there."),
    )

    objects = OwnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("session record")
        verbose_name_plural = _("session records")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="chatkit_session_created"),
            models.Index(fields=["user", "status"], name="chatkit_session_user"),
        ]
        constraints = [one_owner("session")]
        permissions = [("cancel_session", _("Can cancel sessions of other users"))]

    def __str__(self) -> str:
        return self.session_id or f"{self.get_status_display()} #{self.pk}"

    @property
    def current_status(self) -> str:
        """The status now: an active row whose time has run out reads `expired`."""
        if self.status != self.Status.ACTIVE or self.expires_at is None:
            return self.status
        return self.Status.EXPIRED if self.expires_at <= timezone.now() else self.status
