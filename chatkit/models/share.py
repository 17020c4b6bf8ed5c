"""Links by which a conversation may be read inside the site."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..managers import ThreadChildQuerySet
from .conversation import Thread


class Share(models.Model):
    """A link to a conversation as it was when the link was made. Of the link itself only a hash
    is kept: it is told once, to who makes it."""

    id = models.BigAutoField(primary_key=True)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="shares")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # What is shown: this course of the conversation, up to this item.
    branch = models.PositiveIntegerField(default=0, editable=False)
    until_sequence = models.BigIntegerField(editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    opened = models.PositiveIntegerField(_("times opened"), default=0)
    last_opened_at = models.DateTimeField(_("last opened"), null=True, blank=True)

    objects = ThreadChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["thread", "-created_at", "-id"], name="chatkit_share_thread"),
            models.Index(fields=["expires_at"], name="chatkit_share_expires"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
