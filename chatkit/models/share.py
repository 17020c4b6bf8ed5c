"""Links by which a conversation may be read inside the site."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..managers import ThreadChildQuerySet
from .conversation import Thread

M = TypeVar("M", bound=models.Model)


class ShareQuerySet(ThreadChildQuerySet[M]):
    def working(self) -> Self:
        """Those that can be opened now."""
        return self.filter(self._works())

    def with_state(self) -> Self:
        """Each has its `Share.State` of now as `state_now`."""
        state = Case(
            When(self._works(), then=Value(Share.State.WORKS.value)),
            When(revoked_at__isnull=False, then=Value(Share.State.REVOKED.value)),
            default=Value(Share.State.OVER.value),
            output_field=CharField(),
        )
        return self.annotate(state_now=state)

    def _works(self) -> Q:
        return Q(
            revoked_at=None,
            expires_at__gt=timezone.now(),
            thread__deleted_at=None,
            thread__temporary=False,
        )


class Share(models.Model):
    """A link to a conversation as it was when the link was made. Of the link itself only a hash
    is kept: it is told once, to who makes it."""

    class State(models.TextChoices):
        WORKS = "works", _("Works")
        REVOKED = "revoked", _("Taken back")
        OVER = "over", _("Over")

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

    objects = ShareQuerySet.as_manager()

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
