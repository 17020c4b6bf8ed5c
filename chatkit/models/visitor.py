"""Visitors: people who chat without a login."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .ids import new_visitor_id


def visitor_name(pk: str) -> str:
    """What staff read: “Visitor 1a2b3c4d”."""
    return _("Visitor %(key)s") % {"key": pk.removeprefix("vis_")[:8]}


class Visitor(models.Model):
    """Somebody without a login, known by a cookie of this site alone.

    It stands where a user does: ACCESS, tools and gates are asked with it. It has no permission,
    and its key is no user's: `vis_` and hex digits. A person who has not written yet is one without
    a row, whose `pk` is "".
    """

    is_visitor = True
    is_authenticated = False
    is_anonymous = True
    is_staff = False
    is_superuser = False
    username = ""

    id = models.CharField(primary_key=True, max_length=64, default=new_visitor_id, editable=False)
    # Of what the cookie says, hashes: now, once the browser has brought what it was last given,
    # and before that.
    key_hash = models.CharField(max_length=64, editable=False)
    next_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    former_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    renewed_at = models.DateTimeField(default=timezone.now, editable=False)
    # What the person was told, and agreed to by sending the first message.
    consent = models.TextField(gettext_lazy("consent"), blank=True, default="", editable=False)
    created_at = models.DateTimeField(gettext_lazy("first message"), default=timezone.now)
    seen_at = models.DateTimeField(gettext_lazy("last seen"), default=timezone.now)
    # Whose conversations these have become, by a login or a sign-up. The cookie is good no more.
    merged_at = models.DateTimeField(gettext_lazy("merged"), null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=gettext_lazy("merged into"),
    )

    class Meta:
        verbose_name = gettext_lazy("visitor")
        verbose_name_plural = gettext_lazy("visitors")
        ordering = ["-seen_at", "-id"]
        indexes = [models.Index(fields=["seen_at"], name="chatkit_visitor_seen")]

    def __str__(self) -> str:
        return self.get_username()

    @property
    def is_active(self) -> bool:
        """Whether it may go on: its conversations are not an account's by now."""
        return self.merged_at is None

    @property
    def is_known(self) -> bool:
        """Whether it has a row: the first message was sent."""
        return bool(self.pk)

    def get_username(self) -> str:
        return visitor_name(self.pk)

    def get_short_name(self) -> str:
        return ""

    def get_full_name(self) -> str:
        return ""

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """None: permissions are users'."""
        return False

    def has_perms(self, perm_list: object, obj: object = None) -> bool:
        return False

    def has_module_perms(self, module: str) -> bool:
        return False

    @property
    def groups(self) -> models.QuerySet[Any]:
        """None: groups are users'."""
        from django.contrib.auth.models import Group

        return Group.objects.none()
